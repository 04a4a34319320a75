/// The type of a property, as the published schema of configuration items names it; it decides how a query compares the
/// property's values (https://github.com/awslabs/aws-config-resource-schema).
public enum PropertyType: Character, Sendable {
    case string = "s"
    case integer = "i"
    case float = "f"
    case boolean = "b"
    case date = "d"
    case ipAddress = "a"
    case cidrBlock = "c"
}
