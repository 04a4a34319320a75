import Glibc

/// A folder that only this user sees, for one run.
struct ProgramFolder {
    let path: String

    init(_ files: [(name: String, text: String)]) throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/windtunnel-script-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ProgramRun.Failure("no folder can be made in \(parent)", errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for (name, text) in files { try write(text, to: name) }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    private func write(_ text: String, to name: String) throws {
        guard let handle = fopen(file(name), "wxe") else { throw failure(name) }
        let bytes = Array(text.utf8)
        let count = fwrite(bytes, 1, bytes.count, handle)
        guard fclose(handle) == 0, count == bytes.count else { throw failure(name) }
    }

    private func failure(_ name: String) -> any Error {
        let error = ProgramRun.Failure("\(file(name)) cannot be written", errno)
        remove()
        return error
    }

    func beginning(of name: String, limit: Int) -> String? { read(name, from: 0, limit) }

    func end(of name: String, limit: Int) -> String {
        var facts = stat()
        guard stat(file(name), &facts) == 0 else { return "" }
        return read(name, from: max(0, Int(facts.st_size) - limit), limit) ?? ""
    }

    /// Only of a file that is one: the program could have put a pipe there, which would never end.
    private func read(_ name: String, from offset: Int, _ limit: Int) -> String? {
        let descriptor = open(file(name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        var buffer = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let room = limit - count
            let more = buffer.withUnsafeMutableBytes { bytes in
                pread(descriptor, bytes.baseAddress.map { $0 + count }, room, off_t(offset + count))
            }
            guard more > 0 else { break }
            count += more
        }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// With whatever the program has put into it.
    func remove() { Self.remove(path) }

    private static func remove(_ path: String) {
        // A link goes and not what it leads to, and so does an empty folder.
        guard Glibc.remove(path) != 0, let folder = opendir(path) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { remove("\(path)/\(name)") }
        }
        rmdir(path)
    }
}
