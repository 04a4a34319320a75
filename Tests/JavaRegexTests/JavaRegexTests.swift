import JavaRegex
import Testing

@Suite struct JavaRegexTests {
    @Test func decidesAsJava() throws {
        for (pattern, subject, whole, part) in javaVerdicts {
            do {
                let regex = try JavaRegex(pattern)
                #expect(regex.matchesWhole(subject) == (whole ? .matched : .notMatched), "\(pattern) on \(subject)")
                #expect(regex.contains(subject) == (part ? .matched : .notMatched), "\(pattern) in \(subject)")
            } catch {
                Issue.record(error, "\(pattern)")
            }
        }
    }

    @Test(arguments: javaRefusals)
    func refusesAsJava(pattern: String) {
        #expect(throws: JavaRegexError.self) { _ = try JavaRegex(pattern) }
    }

    @Test(arguments: ["(?U)a", "(?c)a", "a\\b{g}", "\\N{DIGIT ONE}", "(?<=a{1,3})b", "a{70000}"])
    func refusesWhatPCRE2CannotDo(pattern: String) {
        #expect(throws: JavaRegexError.self) { _ = try JavaRegex(pattern) }
    }

    @Test func limitsTheSizeOfPatterns() {
        #expect(throws: JavaRegexError.self) { _ = try JavaRegex(String(repeating: "a", count: 4097)) }
        #expect(throws: Never.self) { _ = try JavaRegex(String(repeating: "a", count: 4096)) }
        for open in ["(", "[", "[a&&[", "(?:"] {
            let nested = String(repeating: open, count: 1000) + "a"
            #expect(throws: JavaRegexError.self) { _ = try JavaRegex(nested) }
        }
        #expect(throws: JavaRegexError.self) { _ = try JavaRegex("(((((a{99}){99}){99}){99}){99})") }
    }

    @Test func errorsSayWhatAndWhere() {
        let dangling = #expect(throws: JavaRegexError.self) { _ = try JavaRegex("ab**") }
        #expect(dangling?.message == "Dangling meta character '*'")
        #expect(dangling?.offset == 3)
        let unclosed = #expect(throws: JavaRegexError.self) { _ = try JavaRegex("(a") }
        #expect(unclosed?.description == "Unclosed group near index 2")
    }

    @Test(arguments: [
        "(a+)+$", "(a|a)*b", "(a|aa)+c", "(.*)*x", "(?:a?){40}a{40}b", "((a*)*)*d", "(?=(a+)+$)b", "(\\w*)*-",
        "(a*)(?:\\1)*b", "(?:a|aa)+a{4000}b",
    ])
    func noPatternHangs(pattern: String) throws {
        let regex = try JavaRegex(pattern)
        for subject in [String(repeating: "a", count: 40) + "!", String(repeating: "a", count: 8000) + "!"] {
            // Without the limits these would not end in a lifetime.
            #expect(regex.matchesWhole(subject) != .matched)
            #expect(regex.contains(subject) != .matched)
        }
    }

    @Test func sayWhenTheLimitEndedTheMatch() throws {
        let regex = try JavaRegex("(a+)+$")
        #expect(regex.matchesWhole(String(repeating: "a", count: 40) + "!") == .limitExceeded)
    }

    @Test func longSubjectsOfPlainPatternsMatch() throws {
        let long = String(repeating: "a b,", count: 16_384)
        #expect(try JavaRegex("(?:[^,]*,)*").matchesWhole(long) == .matched)
        #expect(try JavaRegex("[a-z ,]+").matchesWhole(long) == .matched)
        #expect(try JavaRegex("b,$").contains(long) == .matched)
    }
}
