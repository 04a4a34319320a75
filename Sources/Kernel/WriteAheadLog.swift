import Dispatch
import Glibc
import Synchronization

/// Brings what was committed to the disk, beside the writer: one `fdatasync` of SQLite's write-ahead log after the other, in
/// the order of the commits.
///
/// SQLite would do it within each commit (`PRAGMA synchronous = FULL`), and the writer would stand still meanwhile.
final class WriteAheadLog: Sendable {
    private let descriptor: Int32
    private let file: String
    private let queue = DispatchQueue(label: "windtunnel.log")
    /// How many commits are on their way.
    private let count = Atomic(0)
    /// Bytes up to which the file has been made; used by the writer.
    private let room = Atomic(0)

    /// Bytes. A file that grows with each commit costs the disk a second write each time.
    private static let step = 512 << 10

    /// - Parameter file: of the database, which has been written to.
    init(of file: String) throws {
        self.file = file + "-wal"
        descriptor = open(self.file, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError("\(self.file) cannot be opened: \(Self.reason())") }
    }

    deinit { close(descriptor) }

    /// Called by the writer alone.
    var isBusy: Bool { count.load(ordering: .acquiring) > 0 }

    /// Until all that was committed is on the disk, and answered.
    func wait() { queue.sync {} }

    /// Lengthens the file where SQLite has come to its end; the zeros are no frames of the log. Called by the writer after a
    /// commit.
    ///
    /// - Parameter limit: bytes from which on SQLite begins the file anew.
    func makeRoom(limit: Int) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_size > room.load(ordering: .relaxed) else { return }
        let size = Int(facts.st_size)
        let count = min(Self.step, limit - size)
        if count > 0 { _ = pwrite(descriptor, [UInt8](repeating: 0, count: count), count, off_t(size)) }
        room.store(size + max(0, count), ordering: .relaxed)
    }

    /// Calls `done` when all that was committed is on the disk, or with why it is not.
    ///
    /// - Parameter isAlone: whether nobody waits for the caller, who does it himself then: that is sooner.
    func flush(isAlone: Bool, done: @escaping @Sendable ((any Error)?) -> Void) {
        if isAlone, !isBusy { return done(flush()) }
        count.wrappingAdd(1, ordering: .relaxed)
        queue.async {
            done(self.flush())
            self.count.wrappingSubtract(1, ordering: .releasing)
        }
    }

    private func flush() -> (any Error)? {
        fdatasync(descriptor) == 0 ? nil : StoreError("\(file) cannot be brought to the disk: \(Self.reason())")
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
