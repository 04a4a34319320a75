import Glibc

/// The folder that holds the state file, locked against a second process.
///
/// A temporary one is removed from the file system as soon as all connections are open, so that nothing is left behind
/// even by `kill -9`.
struct StateFolder {
    let path: String
    let isTemporary: Bool

    /// `windtunnel.db`, a SQLite database.
    var file: String { path + "/windtunnel.db" }

    static func temporary() throws -> StateFolder {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/windtunnel-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw StoreError("no temporary folder can be made in \(parent): \(reason())")
        }
        let path = template.dropLast().map { UInt8(bitPattern: $0) }
        return StateFolder(path: String(decoding: path, as: UTF8.self), isTemporary: true)
    }

    static func persistent(at path: String) throws -> StateFolder {
        try makeFolder(path)
        let folder = StateFolder(path: path, isTemporary: false)
        try folder.lock()
        try folder.checkHeader()
        return folder
    }

    /// Gives a folder without state its first file, whole or not at all.
    func begin(with empty: @autoclosure () -> [UInt8]) throws {
        var facts = stat()
        if stat(file, &facts) == 0, facts.st_size > 0 { return }
        // SQLite would take the log of a file that is gone for the new one's.
        unlink(file + "-wal")
        let new = file + ".new"
        let bytes = empty()
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError("\(new) cannot be made: \(Self.reason())") }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, isTemporary || fsync(descriptor) == 0,
            rename(new, file) == 0
        else {
            let reason = Self.reason()
            unlink(new)
            throw StoreError("\(file) cannot be made: \(reason)")
        }
    }

    func removeTemporaryFiles() {
        guard isTemporary else { return }
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(file + suffix) }
        rmdir(path)
    }

    private static func makeFolder(_ path: String) throws {
        var parents = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            parents += parents.isEmpty && part.isEmpty ? "/" : "\(part)/"
            if parents != "/", mkdir(parents, 0o700) != 0, errno != EEXIST {
                throw StoreError("the data folder \(path) cannot be made: \(reason())")
            }
        }
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
            throw StoreError("--data names a folder, but \(path) is a file")
        }
    }

    /// The lock lives as long as the process, so the descriptor stays open.
    private func lock() throws {
        let descriptor = open(path + "/windtunnel.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError("the data folder \(path) cannot be written: \(Self.reason())") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StoreError(
                "another windtunnel is using the data folder \(path); stop it first or name another folder")
        }
    }

    /// Looks at the first bytes before SQLite opens the file, so that a foreign file is not touched at all.
    /// The layout is SQLite's database header (https://www.sqlite.org/fileformat.html section 1.3).
    private func checkHeader() throws {
        guard let handle = fopen(file, "rb") else { return }
        defer { fclose(handle) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = fread(&header, 1, header.count, handle)
        if count == 0 { return }
        guard count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw StoreError("\(file) is damaged or no windtunnel state; it was left as it is")
        }
        func word(at offset: Int) -> Int { header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        if word(at: 60) > Migrations.count {
            throw StoreError("\(file) was written by a newer windtunnel; it was left as it is")
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
