import JSON
import Kernel
import Model

/// What runbooks may name that the service knows by itself.
///
/// Source: the user guide's page "Automation system variables".
enum SystemVariable {
    static let names: Set<String> = [
        "global:ACCOUNT_ID", "global:DATE", "global:DATE_TIME", "global:ORG_ID", "global:PARTITION", "global:REGION",
        "automation:EXECUTION_ID", "automation:RESOURCE_GROUP_NAME", "automation:SCHEDULED_TIME",
        "automation:TARGETS", "automation:TARGET_RESOURCE",
    ]

    /// Nil where the variable has no value here.
    static func value(_ name: String, of execution: StoredExecution, in context: ReadContext) -> JSON? {
        let time = context.now.iso8601(fraction: false)
        switch name {
        case "global:ACCOUNT_ID": return .string(context.account)
        case "global:DATE": return .string(String(time.prefix(10)))
        case "global:DATE_TIME":
            // `2018-05-23_15.38.00`
            let clock = time.dropFirst(11).prefix(8).map { $0 == ":" ? "." : $0 }
            return .string("\(time.prefix(10))_\(String(clock))")
        case "global:REGION": return .string(context.region)
        case "global:PARTITION": return .string(ARN.partition(of: context.region))
        case "automation:EXECUTION_ID": return .string(execution.id)
        case "automation:TARGETS", "automation:TARGET_RESOURCE": return execution.facts.target.map(JSON.string)
        default: return nil
        }
    }
}
