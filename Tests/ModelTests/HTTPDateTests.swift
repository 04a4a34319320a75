import Testing

@testable import Model

@Suite struct HTTPDateTests {
    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", Int64(0)), ("Tue, 29 Apr 2014 18:30:38 GMT", 1_398_796_238_000),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199_000),
    ])
    func isReadAndWritten(text: String, milliseconds: Int64) {
        #expect(Timestamp(httpDate: text)?.milliseconds == milliseconds)
        #expect(Timestamp(milliseconds: milliseconds).httpDate == text)
    }

    @Test(arguments: ["", "Tue, 29 Apr 2014 18:30:38", "Tue, 31 Feb 2014 18:30:38 GMT", "2014-04-29T18:30:38Z"])
    func otherTextIsNoDate(text: String) { #expect(Timestamp(httpDate: text) == nil) }
}
