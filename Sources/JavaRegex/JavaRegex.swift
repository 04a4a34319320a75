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

    public init(_ pattern: String) throws(JavaRegexError) {
        code = try compile(JavaSyntax.translate(pattern))
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
        var work = Work()
        let result = withUnsafeMutablePointer(to: &work) { work in
            pcre2_set_callout_8(context, { _, work in countStep(work) }, work)
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
    /// Items of the pattern tried, in the whole search.
    static let steps = 1_000_000
    /// One step may run through the whole subject, so that steps alone do not bound the time for a long one.
    static let nanoseconds = 250_000_000
    static let stepsBetweenLooksAtTheClock = 32
    /// Groups that the translation may open inside one another; more than the syntax allows the user.
    static let nesting: UInt32 = 1000
}

/// What a match has spent.
private struct Work {
    var steps = 0
    var deadline = 0
}

/// PCRE2 calls this before each item of the pattern that it tries; another answer than 0 ends the match.
private func countStep(_ pointer: UnsafeMutableRawPointer?) -> Int32 {
    guard let work = pointer?.assumingMemoryBound(to: Work.self) else { return PCRE2_ERROR_CALLOUT }
    work.pointee.steps += 1
    if work.pointee.steps > Limits.steps { return PCRE2_ERROR_CALLOUT }
    guard work.pointee.steps.isMultiple(of: Limits.stepsBetweenLooksAtTheClock) else { return 0 }
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = time.tv_sec * 1_000_000_000 + time.tv_nsec
    if work.pointee.deadline == 0 { work.pointee.deadline = now + Limits.nanoseconds }
    return now < work.pointee.deadline ? 0 : PCRE2_ERROR_CALLOUT
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
