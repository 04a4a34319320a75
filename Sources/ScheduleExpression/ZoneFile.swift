import Glibc

/// Reading of the tz database's files.
enum ZoneFile {
    case bytes([UInt8])
    case missing
    /// A folder, or far too large.
    case other

    /// The largest file of the database has less than 4 KiB.
    private static let sizeLimit = 1 << 20

    static func read(_ path: String) -> ZoneFile {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return .missing }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= sizeLimit else {
            return .other
        }
        let size = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let step = Glibc.read(file, buffer.baseAddress.map { $0 + count }, size - count)
                guard step > 0 else { return }
                count += step
            }
        }
        return .bytes(bytes)
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
