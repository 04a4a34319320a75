import ConfigQuery
import JSON
import Testing

/// Random conditions, answered by SQLite and by looking at each item's values one by one.
@Suite struct RandomQueryTests {
    @Test func everyConditionFindsWhatItSays() throws {
        let inventory = try Inventory(Inventory.documents + Self.oddDocuments)
        let items = try (Inventory.documents + Self.oddDocuments).map { try JSON(parsing: $0) }
        var random = RandomConditions(seed: 20_261_125)
        var found = 0
        for _ in 0..<600 {
            let condition = random.condition(depth: 3)
            let expected = Set(items.filter(condition.holds).compactMap { $0["resourceId"]?.string })
            let ids = try inventory.ids(where: condition.text)
            #expect(Set(ids) == expected, "\(condition.text)")
            #expect(ids.count == expected.count)
            found += ids.count
        }
        // Neither all nor nothing.
        #expect((1000...8000).contains(found))
    }

    /// Items that are not as their type says.
    private static let oddDocuments = [
        #"null"#, #""text""#, #"[{"size":8,"odd":"9"},{"size":[100,"12"],"volumeType":"io1"},7,null]"#,
        #"{"size":null,"encrypted":"true","volumeType":["gp2",{"a":1}],"odd":[9,"x",true,null]}"#,
        #"{"size":"12","encrypted":[true,false],"odd":false,"ipPermissions":{"fromPort":22}}"#,
        #"{"configRuleList":[],"ipPermissions":[{"fromPort":[80,443]},"x",{}],"VisibilityTimeout":30}"#,
    ].enumerated().map { index, configuration in
        """
        {"configuration":\(configuration),"tags":[],"accountId":"111122223333","resourceType":"AWS::Odd::Thing",\
        "resourceId":"odd\(index)","awsRegion":"us-east-1"}
        """
    }
}

/// A condition as text and as a function.
private struct ExpectedCondition {
    let text: String
    let holds: (JSON) -> Bool
}

private struct RandomConditions {
    private enum Kind { case text, number, truth }

    private static let paths: [(String, Kind?)] = [
        ("resourceId", .text), ("resourceType", .text), ("tags.key", .text), ("tags.value", .text),
        ("relationships.resourceId", .text), ("configuration.volumeType", .text), ("configuration.size", .number),
        ("configuration.VisibilityTimeout", .number), ("configuration.ipPermissions.fromPort", .number),
        ("configuration.encrypted", .truth), ("configuration.configRuleList.complianceType", .text),
        ("configuration.odd", nil), ("configuration", nil), ("nothing.at.all", nil),
    ]
    private static let texts = [
        "q1", "v2", "stage", "blue", "gp2", "io1", "COMPLIANT", "AWS::EC2::Volume", "i1", "x", "",
    ]
    private static let numbers = ["8", "9", "12", "30", "100", "80", "443", "22", "-1", "12.5"]

    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func below(_ count: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % count
    }

    mutating func condition(depth: Int) -> ExpectedCondition {
        switch depth == 0 ? 3 : below(5) {
        case 0:
            let (left, right) = (condition(depth: depth - 1), condition(depth: depth - 1))
            return ExpectedCondition(text: "(\(left.text) AND \(right.text))") { left.holds($0) && right.holds($0) }
        case 1:
            let (left, right) = (condition(depth: depth - 1), condition(depth: depth - 1))
            return ExpectedCondition(text: "(\(left.text) OR \(right.text))") { left.holds($0) || right.holds($0) }
        case 2:
            let inner = condition(depth: depth - 1)
            return ExpectedCondition(text: "NOT \(inner.text)") { !inner.holds($0) }
        default: return predicate()
        }
    }

    private mutating func predicate() -> ExpectedCondition {
        let (path, known) = Self.paths[below(Self.paths.count)]
        let kind = known ?? [.text, .number, .truth][below(3)]
        let (first, second) = (literal(kind), literal(kind))
        func any(_ text: String, isNegated: Bool = false, asText: Bool = false, _ passes: @escaping (Value) -> Bool)
            -> ExpectedCondition
        {
            ExpectedCondition(text: "\(path) \(text)") { item in
                let values = Self.values(of: item, at: path.split(separator: ".").map(String.init)[...])
                return values.compactMap { Value($0, asText || kind == .text, kind == .truth) }.contains(where: passes)
                    != isNegated
            }
        }
        switch below(9) {
        case 0, 1: return any("= \(first.text)") { $0 == first.value }
        case 2: return any("!= \(first.text)", isNegated: true) { $0 == first.value }
        case 3: return any("< \(first.text)") { $0 < first.value }
        case 4: return any(">= \(first.text)") { $0 >= first.value }
        case 5: return any("IN (\(first.text), \(second.text))") { $0 == first.value || $0 == second.value }
        case 6: return any("NOT IN (\(first.text))", isNegated: true) { $0 == first.value }
        case 7: return any("BETWEEN \(first.text) AND \(second.text)") { $0 >= first.value && $0 <= second.value }
        default:
            return any("LIKE 'AWS::EC2%'", asText: true) {
                if case .text(let text) = $0 { return text.hasPrefix("AWS::EC2") }
                return false
            }
        }
    }

    private mutating func literal(_ kind: Kind) -> (text: String, value: Value) {
        switch kind {
        case .text:
            let text = Self.texts[below(Self.texts.count)]
            return ("'\(text)'", .text(text))
        case .number:
            let text = Self.numbers[below(Self.numbers.count)]
            return (text, .number(Double(text) ?? 0))
        case .truth:
            let truth = below(2) == 0
            return ("\(truth)", .number(truth ? 1 : 0))
        }
    }

    private static func values(of json: JSON, at path: ArraySlice<String>) -> [JSON] {
        if let array = json.array { return array.flatMap { values(of: $0, at: path) } }
        guard let name = path.first else { return json.object == nil && !json.isNull ? [json] : [] }
        return json[name].map { values(of: $0, at: path.dropFirst()) } ?? []
    }
}

private enum Value: Comparable {
    case number(Double)
    case text(String)

    init?(_ json: JSON, _ isText: Bool, _ isTruth: Bool) {
        let text = json.string ?? json.bool.map { "\($0)" } ?? String(decoding: json.bytes(), as: UTF8.self)
        if isText {
            self = .text(text)
        } else if isTruth {
            guard text == "true" || text == "false" else { return nil }
            self = .number(text == "true" ? 1 : 0)
        } else {
            guard let number = json.bool == nil ? Double(text) : nil else { return nil }
            self = .number(number)
        }
    }
}
