import JSON
import Kernel
import Model

/// What the batch operations have in common.
enum Batch {
    static let countLimit = 10
    static let byteLimit = 1_048_576

    /// Refuses the whole batch.
    static func check(_ ids: [String], entryType: String) throws(AWSError) {
        guard !ids.isEmpty else {
            throw AWSError("EmptyBatchRequest", "There should be at least one \(entryType) in the request.")
        }
        guard ids.count <= countLimit else {
            throw AWSError(
                "TooManyEntriesInBatchRequest",
                "Maximum number of entries per request are \(countLimit). You have sent \(ids.count).")
        }
        var seen: Set<String> = []
        for id in ids {
            guard (1...80).contains(id.utf8.count), id.utf8.allSatisfy(SQS.isNameByte) else {
                throw AWSError(
                    "InvalidBatchEntryId",
                    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 "
                        + "letters long.")
            }
            guard seen.insert(id).inserted else { throw AWSError("BatchEntryIdsNotDistinct", "Id \(id) repeated.") }
        }
    }

    /// Does the entries one by one; what one throws is its own failure, and it has changed nothing by then.
    static func perform<Entry>(
        _ entries: [Entry], id: (Entry) -> String, _ body: (Entry) throws -> Void
    ) throws -> [BatchResultErrorEntry] {
        var failed: [BatchResultErrorEntry] = []
        for entry in entries {
            do {
                try body(entry)
            } catch let error as AWSError {
                failed.append(
                    BatchResultErrorEntry(
                        id: id(entry), senderFault: true, code: error.inQuery?.code ?? error.code,
                        message: error.message))
            }
        }
        return failed
    }
}
