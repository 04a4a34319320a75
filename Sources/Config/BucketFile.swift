import CZlib
import Glibc
import Kernel

/// An object of a bucket as a file, `<data>/objects/BUCKET/KEY`, where the server keeps its state in a folder.
///
/// A job writes it, which the transaction that puts the object asks for: what is rolled back leaves no file, and a file that
/// a crash has cut off is written after the next start.
enum BucketFile {
    static let jobKind = "config.object"
    /// Longer names are made folders of: file systems take 255 bytes, four of which the name on the way needs.
    private static let nameLimit = 250

    /// Where it is or will be; nil where nothing is kept in a folder.
    static func path(_ bucket: String, _ key: String, in context: ReadContext) -> String? {
        guard let folder = context.dataFolder else { return nil }
        let parts = "\(bucket)/\(key)".split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let names = parts.flatMap { name -> [String] in
            switch name {
            // A key leads nowhere else, and says each name that file systems would leave out.
            case "": return ["%2F"]
            case ".": return ["%2E"]
            case "..": return ["%2E%2E"]
            default: return pieces(of: name.replacing("\0", with: "%00"))
            }
        }
        return "\(folder)/objects/\(names.joined(separator: "/"))"
    }

    private static func pieces(of name: String) -> [String] {
        guard name.utf8.count > nameLimit else { return [name] }
        var pieces = [""]
        for character in name.unicodeScalars {
            if pieces[pieces.count - 1].utf8.count + 4 > nameLimit { pieces.append("") }
            pieces[pieces.count - 1].unicodeScalars.append(character)
        }
        return pieces
    }

    static func plan(_ bucket: String, _ key: String, in context: WriteContext) throws {
        guard context.dataFolder != nil else { return }
        try context.schedule(jobKind, subject: "\(bucket)\n\(key)", due: context.now, detail: [:])
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        let names = job.subject.split(separator: "\n", maxSplits: 1).map(String.init)
        guard names.count == 2, let path = path(names[0], names[1], in: context),
            let body = try BucketObject.body(names[0], names[1], in: context)
        else { return }
        try write(body, to: path)
    }

    /// In one piece: under another name first. As AWS, it packs what says that it is packed.
    private static func write(_ body: String, to path: String) throws {
        for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex {
            guard mkdir(String(path[..<index]), 0o700) == 0 || errno == EEXIST else { throw failure(path) }
        }
        let draft = "\(path).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        guard let file = gzdopen(descriptor, path.hasSuffix(".gz") ? "wb" : "wbT") else {
            close(descriptor)
            throw failure(path)
        }
        var body = body
        let isWritten = body.withUTF8 { bytes in
            bytes.isEmpty || gzwrite(file, bytes.baseAddress, UInt32(bytes.count)) == bytes.count
        }
        let isFlushed = isWritten && gzflush(file, Z_FINISH) == Z_OK && fsync(descriptor) == 0
        guard gzclose(file) == Z_OK, isFlushed, rename(draft, path) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> StoreError {
        StoreError("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
