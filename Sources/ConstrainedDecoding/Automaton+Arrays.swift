import JSONSchemas

/// Arrays: how many elements, which ones, and what is kept of them.
extension Automaton {
    mutating func continueArray(_ frame: Frame, into targets: inout [Int32]) {
        switch frame.c & Frame.Phase.mask {
        case Frame.Phase.separator: beginElements(of: frame, into: &targets)
        case Frame.Phase.open:
            if mayEnd(frame) { push(Fixed.closeArray, on: frame.parent, into: &targets) }
            beginElements(of: frame, into: &targets)
        default:
            guard let kept = keepingElement(frame) else { return }
            if mayEnd(kept) { push(Fixed.closeArray, on: kept.parent, into: &targets) }
            guard !choices(kept).isEmpty else { return }
            var next = kept
            next.c = Frame.Phase.separator
            push(Fixed.comma, on: cell(next), into: &targets)
        }
    }

    private func mayEnd(_ frame: Frame) -> Bool {
        let shape = book.arrays[Int(frame.a)]
        return Int(frame.b) >= shape.minimum
            && GoalBook.isSatisfied(shape, counts: countLists[frame.e], pending: UInt32(bitPattern: frame.f))
    }

    /// The frame with the element that has just ended among those that later ones must differ from.
    ///
    /// An element of a fixed set is told by the state, so that masks don't depend on the text there.
    private mutating func keepingElement(_ frame: Frame) -> Frame? {
        guard book.arrays[Int(frame.a)].isUnique else { return frame }
        var next = frame
        if frame.d >= 0, let endedSpelling {
            guard let value = try? JSONValue(parsing: endedSpelling) else { return nil }
            next.keep(book.constant(value), in: &sets)
        } else if let text {
            guard let value = ValueText.lastValue(in: text) else { return nil }
            next.keep(book.constant(value), in: &sets)
        } else if frame.d < 0 {
            isUnsure = true
        } else {
            hasForgotten = true
            next.d = -1 - frame.d
            next.g = Int32(lastByte)
            // Whether anything follows depends on what the element was, unless there is always another.
            if !mayEnd(next), !hasBoundlessChoice(next) { isUnsure = true }
        }
        return next
    }

    /// Whether the next element may begin in the same ways whatever the forgotten one was: it is of another type, or one of
    /// infinitely many strings.
    mutating func isBoundless(_ frame: Frame) -> Bool {
        let choices = choices(frame)
        return !choices.isEmpty
            && choices.allSatisfy { choice in
                book.alternatives(of: choice.goal).allSatisfy { isBoundless($0, frame) }
            }
    }

    /// Whether the next element has a way that is open whatever the forgotten one was.
    private mutating func hasBoundlessChoice(_ frame: Frame) -> Bool {
        for choice in choices(frame) {
            if book.alternatives(of: choice.goal).contains(where: { isBoundless($0, frame) }) { return true }
        }
        return false
    }

    private func isBoundless(_ alternative: GoalBook.Alternative, _ frame: Frame) -> Bool {
        let byte = UInt8(truncatingIfNeeded: frame.g)
        switch alternative {
        case .object: return byte != UInt8(ascii: "}")
        case .array: return byte != UInt8(ascii: "]")
        case .lexeme(let number):
            switch book.lexemes[Int(number)] {
            case .string(let string):
                return byte != UInt8(ascii: "\"") || string.language.infinite[0] && string.countedFrom > 0
            case .number, .lattice: return !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            case .values(let values):
                return values.type == .string && byte != UInt8(ascii: "\"")
                    || values.type == .number && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || "\"]}0123456789".utf8.contains(byte) && (values.type == .null || values.type == .boolean)
            }
        }
    }

    /// The ways for the next element to be after which the array can be completed.
    private mutating func choices(_ frame: Frame) -> [GoalBook.Choice] {
        let shape = book.arrays[Int(frame.a)]
        if let maximum = shape.maximum, Int(frame.b) >= maximum { return [] }
        if shape.isSimple {
            let goal = book.goal(shape.literals(at: Int(frame.b)))
            return fits(goal, in: frame) ? [GoalBook.Choice(goal: goal, pending: 0)] : []
        }
        let pending = UInt32(bitPattern: frame.f)
        var choices = book.choices(
            array: frame.a, index: Int(frame.b), counts: countLists[frame.e], pending: pending)
        if shape.isUnique {
            let earlier = sets[frame.d < 0 ? -1 - frame.d : frame.d].map { Literal(constant: Int($0)).negated }
            if !earlier.isEmpty {
                choices = choices.map { choice in
                    GoalBook.Choice(
                        goal: book.goal(book.goals[choice.goal] + earlier), pending: choice.pending,
                        counts: choice.counts)
                }
            }
        }
        let height = heightLeft(in: frame)
        return choices.filter { choice in
            fits(choice.goal, in: frame)
                && book.canFinish(
                    array: frame.a, index: Int(frame.b) + 1, counts: choice.counts, pending: choice.pending,
                    height: height)
        }
    }

    private mutating func beginElements(of frame: Frame, into targets: inout [Int32]) {
        let shape = book.arrays[Int(frame.a)]
        for choice in choices(frame) {
            var next = frame
            next.c = Frame.Phase.value
            // Without an upper bound, counts past all that matters make no difference.
            let cap = Int32(max(shape.minimum, shape.prefixCount))
            next.b = shape.maximum == nil ? min(frame.b + 1, cap) : frame.b + 1
            next.e = choice.counts.isEmpty ? frame.e : countLists.number(of: choice.counts)
            next.f = Int32(bitPattern: choice.pending)
            begin(choice.goal, on: cell(next), depth: frame.depth, into: &targets)
        }
    }
}

extension Frame {
    fileprivate mutating func keep(_ element: Literal, in sets: inout NumberSets) {
        d = sets.set(d, inserting: Int32(element.index))
        g = 0
    }
}
