import JSON
import Kernel
import Model
import Testing

@testable import Config

@Suite struct ItemDiffTests {
    private func item(
        _ configuration: JSON, tags: [String: String] = [:], status: ConfigurationItemStatus = .ok
    ) -> StoredItem {
        StoredItem(
            resource: ConfiguredResource(
                type: "T", id: "id", configuration: configuration,
                tags: tags.map { ResourceTag(key: $0.key, value: $0.value) }),
            status: status, captured: Timestamp(milliseconds: 0), stateID: 0)
    }

    private func changes(from old: StoredItem, to new: StoredItem) -> JSON? {
        ItemDiff(from: old, to: new).json(withNulls: false)["changedProperties"]
    }

    @Test func membersAreNamedByTheirPaths() {
        let changed = changes(from: item(["a": ["b": 1, "c": 2]]), to: item(["a": ["b": 1, "c": 3, "d": 4]]))
        #expect(
            changed == [
                "Configuration.a.c": ["previousValue": 2, "updatedValue": 3, "changeType": "UPDATE"],
                "Configuration.a.d": ["updatedValue": 4, "changeType": "CREATE"],
            ])
    }

    @Test func theOrderOfAListDoesNotMatter() {
        #expect(changes(from: item(["l": [1, 2, 3]]), to: item(["l": [3, 1, 2]])) == [:])
        #expect(ItemDiff(from: item(["l": [1, 2]]), to: item(["l": [2, 1]])).kind == .none)
    }

    @Test func itemsOfAListAreNamedByTheirPlaces() {
        #expect(
            changes(from: item(["l": [1, 2]]), to: item(["l": [2, 5]])) == [
                "Configuration.l.0": ["previousValue": 1, "changeType": "DELETE"],
                "Configuration.l.1": ["updatedValue": 5, "changeType": "CREATE"],
            ])
    }

    @Test func tagsAreTheSameByTheirKeys() {
        let old = item([:], tags: ["a": "1", "c": "3"])
        let new = item([:], tags: ["a": "1", "b": "2", "c": "4"])
        #expect(
            changes(from: old, to: new) == [
                "Tags.1": ["updatedValue": "2", "changeType": "CREATE"],
                "Tags.2": ["previousValue": "3", "updatedValue": "4", "changeType": "UPDATE"],
            ])
    }

    @Test func ofADeletedResourceEverythingGoes() {
        let diff = ItemDiff(
            from: item(["a": 1], tags: ["k": "v"]), to: item(.null, status: .resourceDeleted)
        ).json(withNulls: true)
        #expect(
            diff == [
                "changedProperties": [
                    "Configuration": ["previousValue": ["a": 1], "updatedValue": .null, "changeType": "DELETE"],
                    "Tags.0": ["previousValue": "v", "updatedValue": .null, "changeType": "DELETE"],
                ], "changeType": "DELETE",
            ])
    }

    @Test func ofADiscoveredResourceNothingIsListed() {
        let diff = ItemDiff(from: nil, to: item(["a": 1], status: .resourceDiscovered)).json(withNulls: true)
        #expect(diff == ["changedProperties": [:], "changeType": "CREATE"])
    }
}
