import CYAML

/// What libyaml finds in a text, one after the other.
struct YAMLEvent {
    enum Kind {
        case documentStart, end, sequenceEnd, mappingEnd
        /// Start and end of the stream, and the end of a document.
        case other
        case alias(String)
        /// `isQuoted`: written in quotes or as a block, and a string therefore.
        case scalar(String, isQuoted: Bool, YAMLProperties)
        case sequenceStart(YAMLProperties)
        case mappingStart(YAMLProperties)
    }

    let kind: Kind
    let mark: YAMLMark
}

/// What stands before a value: `&anchor !tag`.
struct YAMLProperties {
    let anchor: String?
    let tag: String?
}

/// libyaml's parser over one text, which it keeps.
final class YAMLReader {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        bytes = .allocate(capacity: text.utf8.count)
        _ = bytes.initialize(from: text.utf8)
        guard yaml_parser_initialize(parser) == 1 else {
            // Without a memory there is nothing to delete; the deinitialiser of a zeroed parser does nothing.
            parser.initialize(to: yaml_parser_t())
            throw YAMLError("there is no memory for the text", YAMLMark(line: 1, column: 1))
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the text cannot be read"
            throw YAMLError(problem, YAMLMark(parser.pointee.problem_mark))
        }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(kind: kind(of: event), mark: YAMLMark(event.start_mark))
    }

    private func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_STREAM_END_EVENT: return .end
        case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                String(decoding: value, as: UTF8.self), isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE,
                YAMLProperties(anchor: text(scalar.anchor), tag: text(scalar.tag)))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .sequenceStart(YAMLProperties(anchor: text(start.anchor), tag: text(start.tag)))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mappingStart(YAMLProperties(anchor: text(start.anchor), tag: text(start.tag)))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .other
        }
    }

    private func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? { pointer.map { String(cString: $0) } }
}

extension YAMLMark {
    init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}
