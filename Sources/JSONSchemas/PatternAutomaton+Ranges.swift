extension PatternAutomaton {
    /// What a search keeps between characters, made once for a text.
    private struct Search {
        var current: [Int] = []
        var next: [Int] = []
        var pending: [Int] = []
        /// The number of the round in which a state was last entered: a set that needs no clearing.
        var marks: [Int]
        var round = 0
    }

    /// Leftmost, longest matches in bytes; see ``StringPattern/ranges(in:)``.
    func ranges(in text: String, lengthLimit: Int) -> [Range<Int>] {
        let scalars = Array(text.unicodeScalars)
        var search = Search(marks: [Int](repeating: -1, count: stateCount))
        let first = firstScalars(&search)
        let ascii = (0..<128).map { value in first.contains { $0.contains(Unicode.Scalar(UInt8(value))) } }
        var found: [Range<Int>] = []
        var position = 0
        var offset = 0
        while position < scalars.count {
            let scalar = scalars[position]
            let mayBegin = scalar.isASCII ? ascii[Int(scalar.value)] : first.contains { $0.contains(scalar) }
            if mayBegin, let end = longestMatch(scalars, from: position, lengthLimit: lengthLimit, &search) {
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
    private func firstScalars(_ search: inout Search) -> [ScalarSet] {
        search.round += 1
        _ = enter(entry, &search, isStart: true, isEnd: true)
        return search.next.compactMap { state in
            if case .scalar(let set, _) = states[state] { set } else { nil }
        }
    }

    /// Where the longest match that begins at `start` ends; nil where none does, or only an empty one.
    private func longestMatch(
        _ scalars: [Unicode.Scalar], from start: Int, lengthLimit: Int, _ search: inout Search
    ) -> Int? {
        var position = start
        var end: Int?
        search.next.removeAll(keepingCapacity: true)
        search.round += 1
        _ = enter(entry, &search, isStart: start == 0, isEnd: false)
        while position < scalars.count, position - start < lengthLimit, !search.next.isEmpty {
            swap(&search.current, &search.next)
            search.next.removeAll(keepingCapacity: true)
            search.round += 1
            let scalar = scalars[position]
            position += 1
            let isEnd = position == scalars.count
            for state in search.current {
                guard case .scalar(let set, let target) = states[state], set.contains(scalar) else { continue }
                if enter(target, &search, isStart: false, isEnd: isEnd) { end = position }
            }
        }
        return end
    }

    /// Enters `state` and all that are reached without reading; returns whether the accepting state is among them.
    private func enter(_ state: Int, _ search: inout Search, isStart: Bool, isEnd: Bool) -> Bool {
        var isAccepted = false
        search.pending.removeAll(keepingCapacity: true)
        search.pending.append(state)
        while let state = search.pending.popLast() {
            guard search.marks[state] != search.round else { continue }
            search.marks[state] = search.round
            switch states[state] {
            case .scalar: search.next.append(state)
            case .split(let a, let b): search.pending += [a, b]
            case .start(let next): if isStart { search.pending.append(next) }
            case .end(let next): if isEnd { search.pending.append(next) }
            case .accept: isAccepted = true
            }
        }
        return isAccepted
    }
}
