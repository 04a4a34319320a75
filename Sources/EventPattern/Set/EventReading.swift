import JSON

/// From an event's text to the clauses that hold in it.
extension PatternIndex {
    /// Whether the text was an object.
    func read(_ bytes: UnsafeBufferPointer<UInt8>, _ state: inout MatchState) -> Bool {
        guard var text = EventText(bytes) else { return readShort(bytes, &state) }
        text.skipSpace()
        guard text.byte == UInt8(ascii: "{") else { return false }
        return readObject(&text, &state, FieldIndex.root, element: 0, depth: 1)
    }

    private func readShort(_ bytes: UnsafeBufferPointer<UInt8>, _ state: inout MatchState) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: EventText.blockSize) { block in
            _ = block.update(fromContentsOf: bytes)
            block[bytes.count...].update(repeating: UInt8(ascii: " "))
            return read(UnsafeBufferPointer(block), &state)
        }
    }

    private func readObject(
        _ text: inout EventText, _ state: inout MatchState, _ place: Int32, element: Int32, depth: Int
    ) -> Bool {
        text.advance()
        text.skipSpace()
        if text.byte == UInt8(ascii: "}") {
            text.advance()
            return true
        }
        while true {
            guard text.byte == UInt8(ascii: "\""), let name = text.quoted() else { return false }
            text.skipSpace()
            guard text.byte == UInt8(ascii: ":") else { return false }
            text.advance()
            text.skipSpace()
            let next = child(place, name, &state)
            let isRead =
                next < 0 ? text.skipValue() : readValue(&text, &state, next, element: element, depth: depth)
            guard isRead else { return false }
            text.skipSpace()
            let byte = text.byte
            text.advance()
            if byte == UInt8(ascii: "}") { return true }
            guard byte == UInt8(ascii: ",") else { return false }
            text.skipSpace()
        }
    }

    @inline(__always)
    private func child(_ place: Int32, _ name: EventText.Quoted, _ state: inout MatchState) -> Int32 {
        if name.hasEscapes {
            guard JSON.unescape(name.bytes, into: &state.unescaped) else { return -1 }
            return state.unescaped.withUnsafeBufferPointer { clauses.places.child(place, dotted: $0) }
        }
        return name.hasDots
            ? clauses.places.child(place, dotted: name.bytes) : clauses.places.child(place, name.bytes)
    }

    private func readArray(
        _ text: inout EventText, _ state: inout MatchState, _ place: Int32, element: Int32, depth: Int
    ) -> Bool {
        let array = state.elements.openArray()
        text.advance()
        text.skipSpace()
        if text.byte == UInt8(ascii: "]") {
            text.advance()
            return true
        }
        while true {
            let isElement = text.byte == UInt8(ascii: "{") || text.byte == UInt8(ascii: "[")
            let own = isElement ? state.elements.addElement(of: array, below: element) : element
            guard readValue(&text, &state, place, element: own, depth: depth) else { return false }
            text.skipSpace()
            let byte = text.byte
            text.advance()
            if byte == UInt8(ascii: "]") { break }
            guard byte == UInt8(ascii: ",") else { return false }
            text.skipSpace()
        }
        state.elements.closeArray(array)
        return true
    }

    private func readValue(
        _ text: inout EventText, _ state: inout MatchState, _ number: Int32, element: Int32, depth: Int
    ) -> Bool {
        let place = clauses.places.places[number]
        switch text.byte {
        case UInt8(ascii: "\""):
            guard let string = text.quoted() else { return false }
            return place.field < 0 || readString(string, &state, place.field, element)
        case UInt8(ascii: "{"):
            guard place.childCount > 0 else { return text.skipContainer() }
            guard depth < JSON.depthLimit else { return false }
            return readObject(&text, &state, number, element: element, depth: depth + 1)
        case UInt8(ascii: "["):
            guard depth < JSON.depthLimit else { return false }
            return readArray(&text, &state, number, element: element, depth: depth + 1)
        default:
            let token = text.token()
            if place.field >= 0, !token.isEmpty { readToken(token, &state, place.field, element) }
            return !token.isEmpty
        }
    }

    // MARK: Values

    private func readString(
        _ string: EventText.Quoted, _ state: inout MatchState, _ field: Int32, _ element: Int32
    ) -> Bool {
        guard string.hasEscapes else {
            readText(string.bytes, &state, field, element)
            return true
        }
        guard JSON.unescape(string.bytes, into: &state.unescaped) else { return false }
        // Taken out, since the state is written to meanwhile.
        var unescaped: [UInt8] = []
        swap(&unescaped, &state.unescaped)
        unescaped.withUnsafeBufferPointer { readText($0, &state, field, element) }
        swap(&unescaped, &state.unescaped)
        return true
    }

    private func readText(
        _ text: UnsafeBufferPointer<UInt8>, _ state: inout MatchState, _ number: Int32, _ element: Int32
    ) {
        let field = clauses.fields[number]
        add(number, field.presence, &state, element)
        run(field.roots[.text], text, &state)
        if field.roots[.foldedText] >= 0 {
            var folded: [UInt8] = []
            swap(&folded, &state.folded)
            CaseFolding.fold(text, into: &folded)
            folded.withUnsafeBufferPointer { run(field.roots[.foldedText], $0, &state) }
            swap(&folded, &state.folded)
        }
        if field.roots[.address4] >= 0 || field.roots[.address6] >= 0, let bytes = AddressRange.address(text) {
            runDigits(field.roots[bytes.count == 4 ? .address4 : .address6], &state) {
                ValuePattern.digits(bytes, into: &$0)
            }
        }
    }

    private func readToken(
        _ token: UnsafeBufferPointer<UInt8>, _ state: inout MatchState, _ number: Int32, _ element: Int32
    ) {
        let field = clauses.fields[number]
        add(number, field.presence, &state, element)
        run(field.roots[.token], token, &state)
        if field.roots[.number] >= 0, let number = ComparableNumber(token) {
            runDigits(field.roots[.number], &state) { ValuePattern.digits(number.rank, into: &$0) }
        }
    }

    @inline(__always)
    private func add(_ field: Int32, _ presence: Int32, _ state: inout MatchState, _ element: Int32) {
        let isFirst = state.add(field, element)
        if isFirst, presence >= 0 { state.find(presence) }
    }

    @inline(__always)
    private func runDigits(_ root: Int32, _ state: inout MatchState, write: (inout [UInt8]) -> Void) {
        var digits: [UInt8] = []
        swap(&digits, &state.digits)
        digits.removeAll(keepingCapacity: true)
        write(&digits)
        digits.withUnsafeBufferPointer { run(root, $0, &state) }
        swap(&digits, &state.digits)
    }

    @inline(__always)
    private func run(_ root: Int32, _ bytes: UnsafeBufferPointer<UInt8>, _ state: inout MatchState) {
        guard root >= 0 else { return }
        state.walk.run(clauses.automaton, from: root, bytes)
        for place in 0..<state.walk.matched.count {
            var link = state.walk.matched[place]
            while link >= 0 {
                let found = clauses.automaton.lists.links[link]
                state.hit(found.value)
                let unit = clauses.units[found.value]
                if !unit.isNegative, clauses.clauses[unit.clause].isFound { state.find(unit.clause) }
                link = found.next
            }
        }
    }
}
