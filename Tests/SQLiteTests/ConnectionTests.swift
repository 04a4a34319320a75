import Glibc
import SQLite
import Testing

private struct Stop: Error {}

@Suite struct ConnectionTests {
    let connection: Connection

    init() throws {
        connection = try Connection(path: ":memory:", mode: .readWrite)
        try connection.execute("CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT UNIQUE, people INTEGER);")
    }

    private func fill(_ count: Int) throws {
        for id in 1...count {
            try connection.run("INSERT INTO city (id, name, people) VALUES (?, ?, ?)", id, "c\(id)", id * 10)
        }
    }

    @Test func everyTypeComesBack() throws {
        let bytes: [UInt8] = [0, 1, 255]
        let row: ()? = try connection.first(
            "SELECT ?, ?, ?, ?, ?, ?, ?", "Ulm", Int.min, Int64.max, 1.5, true, false, bytes
        ) {
            #expect($0.text(0) == "Ulm")
            #expect($0.int(1) == Int.min)
            #expect($0.int64(2) == Int64.max)
            #expect($0.double(3) == 1.5)
            #expect($0.bool(4))
            #expect(!$0.bool(5))
            #expect($0.blob(6) == bytes)
        }
        #expect(row != nil)
    }

    @Test func optionalsComeBack() throws {
        try connection.query("SELECT ?, ?, ?, ?", "a" as String?, 7 as Int?, [1] as [UInt8]?, 2.5 as Double?) {
            #expect($0.optionalText(0) == "a")
            #expect($0.optionalInt(1) == 7)
            #expect($0.optionalInt64(1) == 7)
            #expect($0.optionalBlob(2) == [1])
            #expect($0.optionalDouble(3) == 2.5)
        }
    }

    @Test func nilIsNull() throws {
        try connection.query("SELECT ?, ?, ?", nil as String?, nil as Int?, nil as [UInt8]?) {
            #expect($0.isNull(0) && $0.isNull(1) && $0.isNull(2))
            #expect($0.optionalText(0) == nil)
            #expect($0.optionalInt(1) == nil)
            #expect($0.optionalBlob(2) == nil)
            #expect($0.text(0) == "" && $0.int(1) == 0 && $0.blob(2) == [] && !$0.bool(1))
        }
    }

    @Test func emptyIsNotNull() throws {
        try connection.query("SELECT ?1, ?2, typeof(?1), typeof(?2)", "", [] as [UInt8]) {
            #expect($0.optionalText(0) == "")
            #expect($0.optionalBlob(1) == [])
            #expect($0.text(2) == "text")
            #expect($0.text(3) == "blob")
        }
    }

    @Test(arguments: ["a\0b", "\0", "😀", "Grüße, 😀 and 漢字", String(repeating: "😀", count: 5000)])
    func anyTextComesBack(text: String) throws {
        #expect(try connection.first("SELECT ?", text) { $0.text(0) } == text)
    }

    @Test func runCountsTheRowsItChanged() throws {
        try fill(3)
        #expect(connection.lastInsertRowID == 3)
        #expect(try connection.run("UPDATE city SET people = 0 WHERE id < ?", 3) == 2)
        #expect(try connection.run("UPDATE city SET people = 0 WHERE id < ?", 0) == 0)
        #expect(try connection.run("DELETE FROM city") == 3)
        #expect(try connection.run("BEGIN") == 0)
        #expect(try connection.run("COMMIT") == 0)
        #expect(try connection.run("INSERT INTO city (name) VALUES ('Ulm') RETURNING id") == 1)
    }

    @Test func firstIsNilWithoutRows() throws {
        #expect(try connection.first("SELECT id FROM city") { $0.int(0) } == nil)
    }

    @Test func aQueryMayRunInsideTheSameQuery() throws {
        try fill(3)
        func walk(from id: Int, depth: Int) throws -> [Int] {
            var found: [Int] = []
            try connection.query("SELECT id FROM city WHERE id >= ? ORDER BY id", id) { row in
                found.append(row.int(0))
                if depth > 0 { found += try walk(from: row.int(0), depth: depth - 1) }
            }
            return found
        }
        #expect(try walk(from: 1, depth: 1) == [1, 1, 2, 3, 2, 2, 3, 3, 3])
        #expect(try walk(from: 2, depth: 0) == [2, 3])
    }

    @Test func aThrowInTheRowClosureEndsTheQuery() throws {
        try fill(3)
        for _ in 0..<2 {
            #expect(throws: Stop.self) {
                try connection.query("SELECT id FROM city WHERE id > ?", 0) { _ in throw Stop() }
            }
        }
        // A query that still ran would hold the table and make this fail.
        try connection.execute("DROP TABLE city")
    }

    @Test func bindingsDoNotOutliveTheCall() throws {
        func ask(_ value: String?) throws -> String? {
            try connection.first("SELECT ?", value) { $0.optionalText(0) } ?? nil
        }
        #expect(try ask("a") == "a")
        #expect(try ask(nil) == nil)
    }

    @Test func errorsNameTheStatement() throws {
        let unknown = #expect(throws: SQLiteError.self) { try connection.run("SELECT absent FROM city") }
        #expect(unknown?.message == "no such column: absent")
        #expect(unknown?.sql == "SELECT absent FROM city")

        try fill(1)
        let twice = #expect(throws: SQLiteError.self) { try connection.run("INSERT INTO city (name) VALUES (?)", "c1") }
        #expect(twice?.code == 2067)  // SQLITE_CONSTRAINT_UNIQUE, an extended code
        #expect(twice?.message == "UNIQUE constraint failed: city.name")

        let script = #expect(throws: SQLiteError.self) { try connection.execute("SELECT 1; NONSENSE") }
        #expect(script?.sql == "SELECT 1; NONSENSE")
        #expect(throws: SQLiteError.self) { try connection.run("") }
    }

    @Test func composedStatements() throws {
        try fill(3)
        var found: [Int] = []
        try connection.query(composed: "SELECT id FROM city WHERE id IN (?, ?) ORDER BY id", [1, 3]) {
            found.append($0.int(0))
        }
        #expect(found == [1, 3])
        #expect(try connection.run(composed: "DELETE FROM city WHERE name IN (?, ?)", ["c1", "c2"]) == 2)
        #expect(throws: SQLiteError.self) { try connection.run(composed: "DELETE FROM nowhere", []) }
    }

    @Test func aReaderCannotWrite() throws {
        var template = Array("/tmp/sqlite-test-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let path = folder + "/a.db"
        defer {
            unlink(path)
            rmdir(folder)
        }
        let missing = #expect(throws: SQLiteError.self) { _ = try Connection(path: path, mode: .readOnly) }
        #expect(missing?.sql == "open \(path)")

        let writer = try Connection(path: path, mode: .readWrite)
        try writer.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        let reader = try Connection(path: path, mode: .readOnly)
        #expect(try reader.first("SELECT a FROM t") { $0.int(0) } == 1)
        let refused = #expect(throws: SQLiteError.self) { try reader.run("INSERT INTO t VALUES (2)") }
        #expect(refused?.code == 8)  // SQLITE_READONLY
    }
}
