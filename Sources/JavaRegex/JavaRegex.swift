import CPCRE2
import Glibc

/// A regular expression in the syntax of `java.util.regex`, which AWS's services and their users write, run by PCRE2 under
/// limits: whatever the pattern, a match ends soon.
///
/// ```swift
/// let pattern = try JavaRegex("[a-z&&[^aeiou]]+")
/// pattern.matchesWhole("rhythm")  // .matched
/// ```
///
/// What Java accepts and PCRE2 cannot do throws: `(?U)`, `(?c)`, `\b{g}`, `\N{…}`, lookbehind of variable length, and
/// Unicode blocks that are not in the table of `CharacterClass`. `\b` counts ASCII words, as Java does from version 19.
public final class JavaRegex: Sendable {
    /// How a match ended.
    public enum Match: Sendable {
        case matched
        case notMatched
        /// The pattern needs more work on this subject than is allowed.
        case limitExceeded
    }

    /// PCRE2 only reads a compiled pattern while it matches, so threads may share it; it is freed when nobody refers to it.
    private nonisolated(unsafe) let code: OpaquePointer
    private let readsUnseen: Bool

    public init(_ pattern: String) throws(JavaRegexError) {
        let translated = try JavaSyntax.translate(pattern)
        code = try compile(translated.pattern)
        readsUnseen = translated.readsUnseen
    }

    deinit { pcre2_code_free_8(code) }

    /// Whether the whole subject matches, like Java's `String.matches`.
    public func matchesWhole(_ subject: String) -> Match { match(subject, PCRE2_ANCHORED | PCRE2_ENDANCHORED) }

    /// Whether some part of the subject matches, like Java's `Matcher.find`.
    public func contains(_ subject: String) -> Match { match(subject, 0) }

    private func match(_ subject: String, _ options: UInt32) -> Match {
        guard let data = pcre2_match_data_create_8(1, nil), let context = pcre2_match_context_create_8(nil) else {
            return .limitExceeded
        }
        defer {
            pcre2_match_data_free_8(data)
            pcre2_match_context_free_8(context)
        }
        pcre2_set_match_limit_8(context, Limits.backtracks)
        pcre2_set_depth_limit_8(context, Limits.depth)
        pcre2_set_heap_limit_8(context, Limits.heapKibibytes)

        var subject = subject
        var work = Work(readsUnseen: readsUnseen)
        let result = withUnsafeMutablePointer(to: &work) { work in
            pcre2_set_callout_8(context, { step, work in count(step, work) }, work)
            return subject.withUTF8 { bytes in
                // A String is valid UTF-8, so PCRE2 need not check it again.
                pcre2_match_8(code, bytes.baseAddress, bytes.count, 0, options | PCRE2_NO_UTF_CHECK, data, context)
            }
        }
        switch result {
        case PCRE2_ERROR_NOMATCH: return .notMatched
        case 0...: return .matched
        default: return .limitExceeded
        }
    }
}

/// What a match may spend.
private enum Limits {
    /// PCRE2 counts these from 0 again at each place where a search begins.
    static let backtracks: UInt32 = 500_000
    static let depth: UInt32 = 250_000
    static let heapKibibytes: UInt32 = 32 * 1024
    /// Steps and what they read, in the whole search: below half a second on a slow machine. It counts work and not time,
    /// since the verdict on a value must not depend on how busy the machine is.
    static let work = 1_000_000
    /// Bytes of the subject that are read in the time of a step.
    static let bytesOfAStep = 16
    /// Groups that the translation may open inside one another; more than the syntax allows the user.
    static let nesting: UInt32 = 1000
}

/// What a match has spent.
private struct Work {
    /// Whether a step may have read the whole rest of the subject, wherever the next one is.
    let readsUnseen: Bool
    var spent = 0
    var position = 0
}

/// PCRE2 calls this before each item of the pattern that it tries; another answer than 0 ends the match.
private func count(_ step: UnsafeMutablePointer<pcre2_callout_block_8>?, _ pointer: UnsafeMutableRawPointer?) -> Int32 {
    guard let step = step?.pointee, let work = pointer?.assumingMemoryBound(to: Work.self) else {
        return PCRE2_ERROR_CALLOUT
    }
    let position = step.current_position
    let read = work.pointee.readsUnseen ? step.subject_length - position : abs(position - work.pointee.position)
    work.pointee.position = position
    work.pointee.spent += 1 + read / Limits.bytesOfAStep
    return work.pointee.spent <= Limits.work ? 0 : PCRE2_ERROR_CALLOUT
}

private func compile(_ pattern: String) throws(JavaRegexError) -> OpaquePointer {
    guard let context = pcre2_compile_context_create_8(nil) else {
        throw JavaRegexError(message: "No memory", offset: -1)
    }
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_parens_nest_limit_8(context, Limits.nesting)

    let options = PCRE2_UTF | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT
    var pattern = pattern
    var failure: Int32 = 0
    var offset = 0
    let code = pattern.withUTF8 { pcre2_compile_8($0.baseAddress, $0.count, options, &failure, &offset, context) }
    guard let code else {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = max(0, Int(pcre2_get_error_message_8(failure, &buffer, buffer.count)))
        throw JavaRegexError(
            message: "Unsupported: \(String(decoding: buffer.prefix(count), as: UTF8.self))", offset: -1)
    }
    return code
}
