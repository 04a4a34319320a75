import EventPattern
import Testing

@Suite struct ArrayTests {
    private static let staff =
        #"{"staff":[{"first":"Anna","last":"Smith"},{"first":"Peter","last":"Jones","ids":[1,2]}],"tags":["x",["y"]],"#
        + #""sites":[{"name":"A","rooms":[{"no":1,"free":true},{"no":2,"free":false}]},"#
        + #"{"name":"B","rooms":[{"no":1,"free":false}]}]}"#

    @Test(arguments: [
        (#"{"staff":{"first":["Anna"],"last":["Smith"]}}"#, true),
        (#"{"staff":{"first":["Anna"],"last":["Jones"]}}"#, false),
        (#"{"staff.first":["Anna"],"staff.last":["Jones"]}"#, false),
        (#"{"staff":{"first":["Anna"]},"tags":["y"]}"#, true),
        (#"{"staff":{"first":["Anna"],"ids":[{"exists":false}]}}"#, true),
        (#"{"staff":{"first":["Peter"],"ids":[{"exists":false}]}}"#, false),
        (#"{"staff":{"ids":[{"exists":false}]}}"#, false), (#"{"staff":{"ids":[2]}}"#, true),
        (#"{"staff":{"ids":[2],"last":["Jones"]}}"#, true), (#"{"staff":{"ids":[2],"last":["Smith"]}}"#, false),
        (#"{"staff":{"first":[{"anything-but":"Anna"}],"last":["Jones"]}}"#, true),
        (#"{"staff":{"first":[{"anything-but":"Anna"}],"last":["Smith"]}}"#, false),
        (#"{"staff":{"first":[{"prefix":"A"},{"prefix":"P"}],"last":[{"suffix":"es"}]}}"#, true),
        (#"{"staff":{"$or":[{"first":["Anna"],"last":["Jones"]},{"first":["Peter"],"last":["Smith"]}]}}"#, false),
        (#"{"sites":{"name":["A"],"rooms":{"no":[1],"free":[true]}}}"#, true),
        (#"{"sites":{"name":["B"],"rooms":{"no":[1],"free":[true]}}}"#, false),
        (#"{"sites":{"rooms":{"no":[2],"free":[true]}}}"#, false),
        (#"{"sites":{"name":["B"],"rooms":{"no":[2]}}}"#, false),
        (#"{"sites":{"name":["A"],"rooms":{"no":[2]}}}"#, true),
    ])
    func fieldsBelowAnArrayComeFromOneElement(pattern: String, expected: Bool) throws {
        #expect(try holds(pattern, Self.staff) == expected)
    }

    @Test(arguments: [
        // Plain values belong to what the array belongs to, arrays within arrays are elements.
        (#"{"a":[1],"a.b":[2]}"#, #"{"a":[1,{"b":2}]}"#, true),
        (#"{"a":[1],"a.b":[2]}"#, #"{"a":[[1],{"b":2}]}"#, false),
        (#"{"a":[1],"a.b":[{"exists":true}]}"#, #"{"a":[{"b":null},[1]],"a.b":[0]}"#, true),
        (#"{"a":[{"exists":true}]}"#, #"{"a":[[],[[3]]]}"#, true), (#"{"a":["x"]}"#, #"{"a":[[["x"]]]}"#, true),
        (#"{"a":{"x":[1],"y":[2]}}"#, #"{"a":[[{"x":1}],[{"y":2}]]}"#, false),
        (#"{"a":{"x":[1],"y":[2]}}"#, #"{"a":[[{"x":1,"y":2}]]}"#, true),
    ])
    func arraysLieInArrays(pattern: String, event: String, expected: Bool) throws {
        #expect(try holds(pattern, event) == expected)
    }

    /// Each of 3,000 elements has one of the two fields, so that only a search that knows where to look gets to an end.
    @Test func manyElementsTakeLittleTime() throws {
        let items = (0..<3_000).map { "{\"\($0 % 2 == 0 ? "x" : "y")\":1}" }.joined(separator: ",")
        let pattern = #"{"a":{"x":[1],"y":[1]},"b":{"z":[{"exists":false}]}}"#
        #expect(try !holds(pattern, "{\"a\":[\(items)]}"))
        #expect(try holds(pattern, "{\"a\":[\(items),{\"x\":1,\"y\":1}]}"))
    }

    /// What fails has nothing to do with the thousand ways to choose from the arrays before.
    @Test func aClauseThatFailsIsNotTriedForEveryWayBefore() throws {
        let items = Array(repeating: #"{"x":1}"#, count: 200).joined(separator: ",")
        let arrays = ["a", "b", "c", "d"].map { "\"\($0)\":[\(items)]" }.joined(separator: ",")
        let event = "{\(arrays),\"z\":[{\"p\":1},{\"q\":1}]}"
        #expect(
            try !holds(
                #"{"a":{"x":[1]},"b":{"x":[1]},"c":{"x":[1]},"d":{"x":[1]},"z":{"p":[1],"q":[1]}}"#, event))
    }
}
