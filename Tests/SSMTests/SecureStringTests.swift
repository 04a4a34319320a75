import Foundation
import JSON
import Kernel
import Model
import SSM
import TestKernel
import Testing

@Suite struct SecureStringTests {
    private static let secret = "open sesame, said the forty-first"
    private static let secure: JSON = ["Type": "SecureString"]

    @Test func withoutDecryptionNoOperationShowsThePlaintext() async throws {
        let store = try await ParameterStore()
        try await store.put("/s/a", Self.secret, Self.secure)
        let calls: [(String, JSON)] = [
            ("GetParameter", ["Name": "/s/a"]), ("GetParameter", ["Name": "/s/a:1", "WithDecryption": false]),
            ("GetParameters", ["Names": ["/s/a"]]), ("GetParametersByPath", ["Path": "/s"]),
            ("GetParameterHistory", ["Name": "/s/a"]), ("DescribeParameters", [:]),
        ]
        for (operation, input) in calls {
            let answer = try await store.call(operation, input).description
            #expect(answer.contains("/s/a") && !answer.contains(Self.secret))
        }
        let sealed = try #require(try await store.value("/s/a"))
        let bytes = try #require(Base64.decode(sealed))
        #expect(bytes.count > Self.secret.utf8.count)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("sesame"))
    }

    @Test func withDecryptionEveryReadingOperationShowsIt() async throws {
        let store = try await ParameterStore()
        try await store.put("/s/a", Self.secret, Self.secure)
        let calls: [(String, JSON)] = [
            ("GetParameters", ["Names": ["/s/a"], "WithDecryption": true]),
            ("GetParametersByPath", ["Path": "/s", "WithDecryption": true]),
            ("GetParameterHistory", ["Name": "/s/a", "WithDecryption": true]),
        ]
        for (operation, input) in calls {
            let found = try await store.call(operation, input)["Parameters"]?.array?.first
            #expect(found?["Value"] == .string(Self.secret) && found?["Type"] == "SecureString")
        }
        #expect(try await store.get("/s/a", decrypts: true)["Value"] == .string(Self.secret))
    }

    @Test func decryptionLeavesOtherTypesAsTheyAre() async throws {
        let store = try await ParameterStore()
        try await store.put("/plain", "text")
        #expect(try await store.get("/plain", decrypts: true)["Value"] == "text")
    }

    @Test func equalValuesDoNotLookEqual() async throws {
        let store = try await ParameterStore()
        for name in ["/a", "/b"] { try await store.put(name, Self.secret, Self.secure) }
        try await store.overwrite("/a", Self.secret)
        let sealed = [try await store.value("/a:1"), try await store.value("/a:2"), try await store.value("/b")]
        #expect(Set(sealed).count == 3)
    }

    @Test func aKeyIsShownAsItWasGivenAndTheAccountsOwnIsTheDefault() async throws {
        let store = try await ParameterStore()
        try await store.put("/default", "v", Self.secure)
        #expect(try await store.description(of: "/default")["KeyId"] == "alias/aws/ssm")
        for (number, key) in ["alias/mine", "arn:aws:kms:us-east-1:111111111111:alias/mine"].enumerated() {
            try await store.put("/k\(number)", "v", ["Type": "SecureString", "KeyId": .string(key)])
            try await store.overwrite("/k\(number)", "w")
            #expect(try await store.description(of: "/k\(number)")["KeyId"] == .string(key))
            #expect(try await store.get("/k\(number)", decrypts: true)["Value"] == "w")
        }
        try await store.put("/plain")
        #expect(try await store.description(of: "/plain")["KeyId"] == nil)
    }

    @Test func thePatternIsThatOfThePlaintext() async throws {
        let store = try await ParameterStore()
        let digits: JSON = ["Type": "SecureString", "AllowedPattern": "\\d+"]
        try await store.put("/a", "123", digits)
        let error = await #expect(throws: AWSError.self) { try await store.put("/b", "abc", digits) }
        #expect(error?.code == "ParameterPatternMismatchException")
    }

    @Test func neitherTheJournalNorTheStateFileHoldsThePlaintext() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("windtunnel-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let aws = try await TestKernel(SSM.service, dataFolder: folder.path)
        let input: JSON = ["Name": "/s", "Value": .string(Self.secret), "Type": "SecureString", "Tier": "Advanced"]
        try await aws.call("PutParameter", input)
        try await aws.call("PutParameter", ["Name": "/s", "Value": .string(Self.secret), "Overwrite": true])
        try await aws.call("DeleteParameter", ["Name": "/s"])
        #expect(try !aws.journal().isEmpty)
        #expect(try !aws.journal().description.contains(Self.secret))
        aws.kernel.close()
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.contains { $0.lastPathComponent == "windtunnel.db" })
        for file in files {
            let bytes = try Data(contentsOf: file)
            #expect(bytes.range(of: Data(Self.secret.utf8)) == nil, "\(file.lastPathComponent)")
        }
    }
}
