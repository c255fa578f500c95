extension PatternAutomaton {
    /// Leftmost, longest matches in bytes; see ``StringPattern/ranges(in:)``.
    func ranges(in text: String, lengthLimit: Int) -> [Range<Int>] {
        var run = begun(on: text)
        let scalars = Array(text.unicodeScalars)
        let first = firstClasses
        let ascii = (0..<128).map { value in first.contains { $0.contains(UInt32(value)) } }
        var found: [Range<Int>] = []
        var position = 0
        var offset = 0
        while position < scalars.count {
            let scalar = scalars[position]
            let mayBegin = scalar.isASCII ? ascii[Int(scalar.value)] : first.contains { $0.contains(scalar.value) }
            if mayBegin, let end = longestMatch(&run, from: position, lengthLimit: lengthLimit) {
                let length = scalars[position..<end].reduce(0) { $0 + UTF8.width($1) }
                found.append(offset..<(offset + length))
                offset += length
                position = end
            } else {
                offset += UTF8.width(scalar)
                position += 1
            }
        }
        return found
    }

    /// The sets that a match's first character can be of, wherever it begins.
    private var firstClasses: [Class] {
        var entered: Set<Int> = []
        var pending = [entry]
        var found: [Class] = []
        while let state = pending.popLast() {
            guard entered.insert(state).inserted else { continue }
            switch states[state] {
            case .scalar(let index, _): found.append(classes[index])
            case .split(let a, let b): pending += [a, b]
            case .start(let next), .end(let next), .wordBoundary(_, let next), .look(_, _, let next):
                pending.append(next)
            case .accept: break
            }
        }
        return found
    }

    /// Where the longest match that begins at `start` ends; nil where none does, or only an empty one.
    private func longestMatch(_ run: inout Run, from start: Int, lengthLimit: Int) -> Int? {
        run.restart()
        _ = advance(&run, to: start, backward: false, entering: entry)
        var end: Int?
        var position = start
        while position < run.scalars.count, position - start < lengthLimit, !run.current.isEmpty {
            position += 1
            if advance(&run, to: position, backward: false, entering: nil) { end = position }
        }
        return end
    }
}
