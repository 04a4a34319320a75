import EventPattern
import JSON
import Testing

/// Whether the event matches; the pattern for itself, its explanation and a set of patterns must be of one mind.
func holds(_ pattern: String, _ event: String, _ dialect: Dialect = .eventBridge) throws -> Bool {
    let pattern = try Pattern(pattern, dialect: dialect)
    let json = try JSON(parsing: event)
    let matches = pattern.matches(json)
    #expect(pattern.explain(json).matches == matches)
    var rules = PatternSet<String>()
    rules.add(pattern, id: "rule")
    #expect(rules.matches(Array(event.utf8)) == (matches ? ["rule"] : []))
    rules.remove("rule")
    #expect(rules.matches(Array(event.utf8)).isEmpty)
    return matches
}
