import JSON
import Model
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:34:56.789Z", 951_827_696_789),
        ("2018-12-02T21:34:33+02:00", 1_543_779_273_000),
        ("2100-03-01T00:00:00Z", 4_107_542_400_000), ("2024-01-02T03:04Z", 1_704_164_640_000),
    ])
    func readsISO8601(text: String, milliseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00",
        "x",
    ])
    func refusesWhatIsNoMoment(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func writesBothForms() {
        let moment = Timestamp(milliseconds: 1_582_657_288_044)
        #expect(moment.iso8601() == "2020-02-25T19:01:28.044Z")
        #expect(moment.iso8601(fraction: false) == "2020-02-25T19:01:28Z")
        #expect(moment.json.description == "1582657288.044")
    }
}

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
    ])
    func agreesWithTheVectorsOfRFC4648(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(arguments: ["Zg", "Zg=", "Z===", "Zm9v!A==", "====", "Zg==Zg=="]) func refusesOtherText(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
