import CPCRE2

struct RustRegexError: Error {
    let message: String
}

/// A regular expression in the syntax of Rust's `fancy_regex`, which Guard's policies have, run by PCRE2.
final class RustRegex: Sendable {
    /// As it stands in the policy.
    let pattern: String
    /// PCRE2 only reads a compiled pattern while it matches, so threads may share it; it is freed when nobody refers to it.
    private nonisolated(unsafe) let code: OpaquePointer

    private static let nestingLimit: UInt32 = 250

    init(_ pattern: String) throws(RustRegexError) {
        self.pattern = pattern
        code = try Self.compile(try RustSyntax.translate(pattern))
    }

    deinit { pcre2_code_free_8(code) }

    private static func compile(_ pattern: String) throws(RustRegexError) -> OpaquePointer {
        guard let context = pcre2_compile_context_create_8(nil) else { throw RustRegexError(message: "no memory") }
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_parens_nest_limit_8(context, nestingLimit)
        pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
        let options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT
        var pattern = pattern
        var failure: Int32 = 0
        var offset = 0
        let code = pattern.withUTF8 { pcre2_compile_8($0.baseAddress, $0.count, options, &failure, &offset, context) }
        guard let code else {
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = max(0, Int(pcre2_get_error_message_8(failure, &buffer, buffer.count)))
            throw RustRegexError(message: String(decoding: buffer.prefix(count), as: UTF8.self))
        }
        return code
    }

    // MARK: Matches

    /// Whether some part of the text matches; nil when that needs more work than is left.
    func matches(_ text: String, _ work: Work) -> Bool? {
        var text = text
        return text.withUTF8 { bytes in
            switch search(bytes, from: 0, options: 0, work) {
            case .found: true
            case .notFound: false
            case .limitExceeded: nil
            }
        }
    }

    /// For each match the replacement with its groups put in, one after the other, and nothing of what stands between; nil
    /// when that needs more work than is left.
    func expansions(of replacement: String, in text: String, _ work: Work) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            var result: [UInt8] = []
            var position = 0
            var options: UInt32 = 0
            while position <= bytes.count {
                switch search(bytes, from: position, options: options, work) {
                case .limitExceeded: return nil
                case .notFound:
                    if options == 0 { return String(decoding: result, as: UTF8.self) }
                    // An empty match was here before; on with the next character.
                    options = 0
                    position += 1
                    while position < bytes.count, bytes[position] & 0xC0 == 0x80 { position += 1 }
                case .found(let groups):
                    let expansion = expand(replacement) { group in
                        groups.indices.contains(group) ? groups[group].map { Array(bytes[$0]) } ?? [] : []
                    }
                    guard work.spend(Work.step * (1 + expansion.count / Work.bytesOfAStep)) else { return nil }
                    result += expansion
                    let whole = groups.first.flatMap(\.self) ?? position..<position
                    position = max(whole.upperBound, position)
                    options = whole.isEmpty ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0
                }
            }
            return String(decoding: result, as: UTF8.self)
        }
    }

    private enum Outcome {
        case found([Range<Int>?])
        case notFound
        case limitExceeded
    }

    private func search(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, options: UInt32, _ work: Work
    ) -> Outcome {
        guard work.spend(Work.step * (1 + bytes.count / Work.bytesOfAStep)),
            let data = pcre2_match_data_create_from_pattern_8(code, nil),
            let context = pcre2_match_context_create_8(nil)
        else { return .limitExceeded }
        defer {
            pcre2_match_data_free_8(data)
            pcre2_match_context_free_8(context)
        }
        pcre2_set_match_limit_8(context, 1_000_000)
        pcre2_set_depth_limit_8(context, 250_000)
        pcre2_set_heap_limit_8(context, 32 * 1024)
        pcre2_set_callout_8(context, { step, work in count(step, work) }, Unmanaged.passUnretained(work).toOpaque())
        // A String is valid UTF-8, so PCRE2 need not check it again.
        let result = pcre2_match_8(
            code, bytes.baseAddress, bytes.count, start, options | PCRE2_NO_UTF_CHECK, data, context)
        switch result {
        case PCRE2_ERROR_NOMATCH: return .notFound
        case 1...:
            let offsets = pcre2_get_ovector_pointer_8(data)
            let groups = (0..<Int(result)).map { group -> Range<Int>? in
                guard let from = offsets?[2 * group], let to = offsets?[2 * group + 1], from <= to else { return nil }
                return from..<to
            }
            return .found(groups)
        default: return .limitExceeded
        }
    }

    // MARK: Replacements

    /// `$1`, `${1}`, `$name`, `${name}` and `$$`, as Rust expands them: a name takes all letters, digits and underscores.
    private func expand(_ replacement: String, _ group: (Int) -> [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(replacement.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$") else {
                result.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "$") {
                result.append(byte)
                rest.removeFirst()
            } else if rest.first == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) {
                result += number(of: rest[(rest.startIndex + 1)..<end]).map(group) ?? []
                rest = rest[(end + 1)...]
            } else {
                let name = rest.prefix { isNameByte($0) && $0 < 0x80 }
                if name.isEmpty { result.append(byte) } else { result += number(of: name).map(group) ?? [] }
                rest = rest.dropFirst(name.count)
            }
        }
        return result
    }

    private func number(of name: ArraySlice<UInt8>) -> Int? {
        let text = String(decoding: name, as: UTF8.self)
        if let number = Int(text) { return number }
        let number = text.withCString { name in
            name.withMemoryRebound(to: UInt8.self, capacity: text.utf8.count + 1) {
                pcre2_substring_number_from_name_8(code, $0)
            }
        }
        return number > 0 ? Int(number) : nil
    }
}

/// PCRE2 calls this before each item of the pattern that it tries; another answer than 0 ends the match.
private func count(_ step: UnsafeMutablePointer<pcre2_callout_block_8>?, _ pointer: UnsafeMutableRawPointer?) -> Int32 {
    guard let step = step?.pointee, let pointer else { return PCRE2_ERROR_CALLOUT }
    let work = Unmanaged<Work>.fromOpaque(pointer).takeUnretainedValue()
    let read = step.current_position - min(step.start_match, step.current_position)
    // A step may have read a run of characters, at the most all that lie behind the start.
    return work.spend(1 + read / 256) ? 0 : PCRE2_ERROR_CALLOUT
}
