import JSON
import Kernel
import Model
import SQLite

/// What AWS would put into the bucket of the delivery channel: kept in the store, under AWS's keys, as long as there is no
/// S3. A page shows it, and a file has it where the state is kept in a folder.
struct BucketObject {
    let bucket: String
    let key: String
    let written: Timestamp

    /// Puts an object where the channel wants it; nil where there is no channel.
    ///
    /// - Parameters:
    ///   - folder: what stands behind the date.
    ///   - name: what the name says behind account and Region, before the time.
    ///   - suffix: what it says behind the time.
    static func put(
        _ folder: String, name: String, time: String? = nil, suffix: String, _ body: JSON, in context: WriteContext
    ) throws -> BucketObject? {
        guard let channel = try StoredChannel.own(in: context), let bucket = channel.settings.s3BucketName else {
            return nil
        }
        // Months and days have no zeros before them (recorded from AWS).
        let date = context.now.iso8601().prefix(10).split(separator: "-").map { String(Int($0) ?? 0) }
        let key =
            "\(root(of: channel, in: context))\(context.region)/\(date.joined(separator: "/"))/\(folder)/"
            + "\(context.account)_Config_\(context.region)_\(name)_\(time ?? compact(context.now))\(suffix).json.gz"
        try put(body.description, bucket, key, in: context)
        return BucketObject(bucket: bucket, key: key, written: context.now)
    }

    /// Config tries out whether it may write by an empty object.
    static func probe(in context: WriteContext) throws {
        guard let channel = try StoredChannel.own(in: context), let bucket = channel.settings.s3BucketName else {
            return
        }
        try put("", bucket, "\(root(of: channel, in: context))ConfigWritabilityCheckFile", in: context)
    }

    private static func root(of channel: StoredChannel, in context: ReadContext) -> String {
        "\(channel.settings.s3KeyPrefix.map { "\($0)/" } ?? "")AWSLogs/\(context.account)/Config/"
    }

    /// `20301231T235959Z`
    static func compact(_ time: Timestamp) -> String {
        time.iso8601(fraction: false).filter { $0 != "-" && $0 != ":" }
    }

    private static func put(_ body: String, _ bucket: String, _ key: String, in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_object (account, region, bucket, key, written, body) VALUES (?, ?, ?, ?, ?, ?)
            """, context.account, context.region, bucket, key, context.now.milliseconds, body)
        try BucketFile.plan(bucket, key, in: context)
    }

    static func body(_ bucket: String, _ key: String, in context: ReadContext) throws -> String? {
        try context.database.first(
            "SELECT body FROM config_object WHERE account = ? AND region = ? AND bucket = ? AND key = ?",
            context.account, context.region, bucket, key
        ) { $0.text(0) }
    }

    // MARK: Pages

    private static let pageLimit = 1000

    static let pages = [
        Page("GET", "/_windtunnel/config/objects", .read(list)),
        Page("GET", "/_windtunnel/config/objects/*", .read(show)),
    ]

    /// The names of the objects, by bucket and key, `?bucket=` and `?prefix=` choose.
    @Sendable private static func list(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        var objects: [JSON] = []
        try context.database.query(
            """
            SELECT bucket, key, written, length(CAST(body AS BLOB)) FROM config_object
            WHERE account = ?1 AND region = ?2 AND (?3 IS NULL OR bucket = ?3)
            AND (?4 IS NULL OR substr(key, 1, length(?4)) = ?4) ORDER BY bucket, key LIMIT ?5
            """, context.account, context.region, request.query["bucket"], request.query["prefix"], pageLimit
        ) { row in
            objects.append(
                .object([
                    "bucket": .string(row.text(0)), "key": .string(row.text(1)),
                    "written": .string(Timestamp(milliseconds: row.int64(2)).iso8601()), "bytes": .number(row.int64(3)),
                    "file": BucketFile.path(row.text(0), row.text(1), in: context).map { .string($0) },
                ]))
        }
        return .json(["objects": .array(objects)])
    }

    /// An object, unpacked: `/_windtunnel/config/objects/BUCKET/KEY`.
    @Sendable private static func show(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        let parts = request.rest.split(separator: "/", maxSplits: 1).map(String.init)
        guard let body = try body(parts.first ?? "", parts.count == 2 ? parts[1] : "", in: context) else {
            return .json(["error": "NotFound", "message": "There is no such object."], status: 404)
        }
        return .text(body, contentType: "application/json")
    }
}
