import JSON

/// Puts the values of a document together from what the reader finds.
struct YAMLComposer {
    /// A value, and how many values it is made of.
    private struct Counted {
        let value: JSON
        let count: Int
    }

    private let reader: YAMLReader
    private let kind: YAML.Reader
    private var anchors: [String: Counted] = [:]
    private var count = 0
    private var depth = 0

    private static let mergeKey = "<<"

    init(_ text: String, as kind: YAML.Reader) throws(YAMLError) {
        reader = try YAMLReader(text)
        self.kind = kind
    }

    mutating func document() throws(YAMLError) -> JSON {
        var value: JSON?
        while true {
            let event = try reader.next()
            switch event.kind {
            case .documentStart:
                guard value == nil else { throw YAMLError("a second document begins here", event.mark) }
                value = try self.value(from: try reader.next())
            case .end: return value ?? .null
            default: break
            }
        }
    }

    private mutating func value(from event: YAMLEvent) throws(YAMLError) -> JSON {
        let before = count
        try add(1, at: event.mark)
        let (value, anchor) = try composed(event)
        if let anchor { anchors[anchor] = Counted(value: value, count: count - before) }
        return value
    }

    private mutating func composed(_ event: YAMLEvent) throws(YAMLError) -> (JSON, anchor: String?) {
        switch event.kind {
        case .alias(let name):
            guard let target = anchors[name] else { throw YAMLError("no value is called &\(name) before", event.mark) }
            try add(target.count - 1, at: event.mark)
            return (target.value, nil)
        case .scalar(let text, let isQuoted, let properties):
            let value = try YAMLTag(properties.tag, event.mark, kind).scalar(text, isQuoted: isQuoted)
            return (value, properties.anchor)
        case .sequenceStart(let properties):
            let tag = try YAMLTag(properties.tag, event.mark, kind)
            return (try tag.sequence(try sequence(event.mark)), properties.anchor)
        case .mappingStart(let properties):
            let tag = try YAMLTag(properties.tag, event.mark, kind)
            return (try tag.mapping(try mapping(event.mark)), properties.anchor)
        default: throw YAMLError("a value should stand here", event.mark)
        }
    }

    private mutating func sequence(_ mark: YAMLMark) throws(YAMLError) -> [JSON] {
        try enter(mark)
        defer { depth -= 1 }
        var items: [JSON] = []
        while true {
            let event = try reader.next()
            if case .sequenceEnd = event.kind { return items }
            items.append(try value(from: event))
        }
    }

    private mutating func mapping(_ mark: YAMLMark) throws(YAMLError) -> JSONObject {
        try enter(mark)
        defer { depth -= 1 }
        var object = JSONObject()
        while true {
            let event = try reader.next()
            if case .mappingEnd = event.kind { return object }
            let (key, isMerge) = try self.key(event)
            let place = try reader.next()
            let value = try self.value(from: place)
            if isMerge {
                try merge(value, into: &object, at: place.mark)
            } else {
                guard kind == .amazon || object[key] == nil else {
                    throw YAMLError("the key \(key) stands here for the second time", event.mark)
                }
                object[key] = value
            }
        }
    }

    /// A key by its text; a merge key is a plain one.
    private mutating func key(_ event: YAMLEvent) throws(YAMLError) -> (text: String, isMerge: Bool) {
        switch event.kind {
        case .scalar(let text, let isQuoted, let properties):
            if let anchor = properties.anchor { anchors[anchor] = Counted(value: .string(text), count: 1) }
            return (text, !isQuoted && text == Self.mergeKey)
        case .alias(let name):
            guard let text = anchors[name]?.value.string else { break }
            return (text, false)
        default: break
        }
        throw YAMLError("a key must be a text", event.mark)
    }

    /// Members that the mapping has already, or that an earlier one of several mappings has, stay as they are
    /// (https://yaml.org/type/merge.html).
    private func merge(_ value: JSON, into object: inout JSONObject, at mark: YAMLMark) throws(YAMLError) {
        for source in value.array ?? [value] {
            guard let source = source.object else { throw YAMLError("only mappings can be merged", mark) }
            for member in source where object[member.name] == nil { object[member.name] = member.value }
        }
    }

    private mutating func enter(_ mark: YAMLMark) throws(YAMLError) {
        guard depth < YAML.depthLimit else { throw YAMLError("nested deeper than \(YAML.depthLimit)", mark) }
        depth += 1
    }

    private mutating func add(_ values: Int, at mark: YAMLMark) throws(YAMLError) {
        count += values
        guard count <= YAML.valuesLimit else { throw YAMLError("more than \(YAML.valuesLimit) values", mark) }
    }
}
