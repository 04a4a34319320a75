import HTTP
import Testing

@testable import Wire

@Suite struct FormTests {
    @Test func decodesBothWaysToWriteABlank() {
        #expect(
            Form.parse("a=1+2&b=%20%2A&c") == [
                FormField(name: "a", value: "1 2"), FormField(name: "b", value: " *"), FormField(name: "c", value: ""),
            ])
    }

    @Test(arguments: ["a=%", "a=%2", "a=%zz", "a=%ff"]) func refusesBrokenEscapes(text: String) {
        #expect(Form.parse(text) == nil)
    }
}

@Suite struct CredentialTests {
    private func credential(_ authorization: String) -> Credential? {
        Credential(headers: ["Authorization": authorization], query: [])
    }

    @Test(arguments: [", ", ","]) func readsTheScope(separator: String) {
        let parts = [
            "Credential=123456789012/20260101/eu-west-1/ssm/aws4_request", "SignedHeaders=host", "Signature=0",
        ]
        let found = credential("AWS4-HMAC-SHA256 " + parts.joined(separator: separator))
        #expect(found?.account == "123456789012")
        #expect(found?.region == "eu-west-1")
        #expect(found?.service == "ssm")
    }

    @Test func otherKeyIdsNameNoAccount() {
        #expect(credential("AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ssm/aws4_request")?.account == nil)
    }

    @Test func readsPresignedQueries() {
        let fields = [FormField(name: "X-Amz-Credential", value: "AKIA/20260101/us-east-2/sts/aws4_request")]
        #expect(Credential(headers: Headers(), query: fields)?.region == "us-east-2")
    }
}
