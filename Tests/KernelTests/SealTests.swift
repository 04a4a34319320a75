import Testing

@testable import Kernel

@Suite struct SealTests {
    private let random = Randomness(seed: 1)
    private var key: [UInt8] { Array(repeating: 7, count: Seal.keyBytes) }

    @Test func whatWasSealedIsOpenedForItsOwnerOnly() throws {
        let sealed = try Seal.seal(Array("secret".utf8), key: key, bindingTo: "a", random)
        #expect(try Seal.open(sealed, key: key, bindingTo: "a") == Array("secret".utf8))
        #expect(throws: (any Error).self) { try Seal.open(sealed, key: key, bindingTo: "b") }
        #expect(throws: (any Error).self) { try Seal.open(sealed.dropLast() + [0], key: key, bindingTo: "a") }
        #expect(throws: (any Error).self) { try Seal.open([], key: key, bindingTo: "a") }
    }

    @Test func theSameValueIsNeverSealedTheSameWay() throws {
        let once = try Seal.seal([1], key: key, bindingTo: "a", random)
        #expect(try Seal.seal([1], key: key, bindingTo: "a", random) != once)
    }
}
