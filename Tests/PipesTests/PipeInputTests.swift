import JSON
import Kernel
import Model
import Testing

@testable import Pipes

/// What templates make of a record.
@Suite struct PipeInputTests {
    private let now = Timestamp(milliseconds: 1_893_456_000_000)

    private func input(body: String = #"{"id":7,"name":"ada \"l\"","tags":["a","b"]}"#, item: JSON? = nil) -> PipeInput
    {
        PipeInput(
            .object([
                "arn": "arn:aws:pipes:us-east-1:111111111111:pipe/p", "name": "p",
                "pipe": ["Source": "arn:aws:sqs:us-east-1:111111111111:in", "Target": "arn:aws:sqs:us-east-1:1:out"],
                "record": .object(["messageId": "m", "body": .string(body), "attributes": ["SenderId": "AIDA"]]),
            ]), item: item)
    }

    @Test func withoutTemplateTheRecordIsAsItWasReceived() throws {
        #expect(
            try input(body: #"{"a":1}"#).body(nil, now: now)
                == #"{"messageId":"m","body":"{\"a\":1}","attributes":{"SenderId":"AIDA"}}"#)
    }

    @Test(arguments: [
        (#"{"i":<$.body.id>,"n":<$.body.name>}"#, #"{"i":7,"n":"ada \"l\""}"#),
        (#"{"n":"hi <$.body.name>","t":<$.body.tags[1]>}"#, #"{"n":"hi ada \"l\"","t":"b"}"#),
        (#"{"all":<$.body.tags[*]>,"none":<$.body.nothing>}"#, #"{"all":["a","b"],"none":""}"#),
        ("Hello, <$.attributes.SenderId>", "Hello, AIDA"),
        ("<$.body.tags>", "[a,b]"),
        (
            #"{"p":<aws.pipes.pipe-name>,"s":"<aws.pipes.source-arn>"}"#,
            #"{"p":"p","s":"arn:aws:sqs:us-east-1:111111111111:in"}"#
        ),
        (#"{"at":<aws.pipes.event.ingestion-time>}"#, #"{"at":"2030-01-01T00:00:00.000Z"}"#),
        (
            #"{"e":<aws.pipes.event.json>}"#,
            #"{"e":{"messageId":"m","body":{"id":7,"name":"ada \"l\"","tags":["a","b"]},"attributes":{"SenderId":"AIDA"}}}"#
        ),
        ("a < b and <other>", "a < b and <other>"),
    ])
    func templates(_ template: String, _ expected: String) throws {
        #expect(try input().body(template, now: now) == expected)
    }

    @Test func aTemplateOfAnObjectMustMakeJSON() throws {
        #expect(throws: DeliveryFailure.self) { try input().body(#"{"a":"<$.body.tags>"}"#, now: now) }
    }

    @Test func whatTheEnrichmentAnsweredTakesThePlaceOfTheRecord() throws {
        let enriched = input(item: .object(["price": 3]))
        #expect(try enriched.body(nil, now: now) == #"{"price":3}"#)
        #expect(try enriched.body("<$.price>", now: now) == "3")
        #expect(try input(item: "plain").body(nil, now: now) == "plain")
    }

    @Test func parametersArePathsOrValues() throws {
        #expect(try input().value("$.body.id", "MessageGroupId") == "7")
        #expect(try input().value("fixed $.body.id", "MessageGroupId") == "fixed $.body.id")
        #expect(throws: DeliveryFailure.self) { try input().value("$.body.nothing", "MessageGroupId") }
    }
}
