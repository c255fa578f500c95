/// Objects: members that may come, their keys, and what is kept of them.
extension Automaton {
    mutating func continueObject(_ frame: Frame, into targets: inout [Int32]) {
        var next = frame
        switch frame.c & Frame.Phase.mask {
        case Frame.Phase.open, Frame.Phase.value:
            let isFirst = frame.c == Frame.Phase.open
            next.c = Frame.Phase.separator
            if mayEnd(frame) { push(Fixed.closeObject, on: frame.parent, into: &targets) }
            if hasMember(frame) {
                push(isFirst ? Fixed.quote : Fixed.commaQuote, on: cell(next), into: &targets)
            }
        case Frame.Phase.separator:
            next.c = Frame.Phase.key
            beginKey(of: next, into: &targets)
        case Frame.Phase.colon:
            next.c = Frame.Phase.value
            begin(frame.c >> Frame.Phase.goalShift, on: cell(next), depth: frame.depth, into: &targets)
        default: preconditionFailure("A key ends in its own step.")
        }
    }

    private func pending(_ frame: Frame) -> UInt32 { UInt32(bitPattern: frame.f) }

    /// What is to be met where the next member is that at `index`, or is none that has a name.
    private func pending(_ frame: Frame, before index: Int) -> UInt32 {
        guard isFixedOrder, Int(frame.b) < index else { return pending(frame) }
        return book.objects[Int(frame.a)].without(Int(frame.b)..<index, pending(frame))
    }

    private var isFixedOrder: Bool { book.options.propertyOrder == .asSchema }

    private func mayEnd(_ frame: Frame) -> Bool {
        let shape = book.objects[Int(frame.a)]
        guard isFixedOrder else { return mayEnd(shape, frame) }
        let left = shape.without(Int(frame.b)..<shape.members.count, pending(frame))
        return Int(frame.b) >= shape.requiredEnd && shape.mayEnd(count: Int(frame.e), pending: left)
    }

    /// The same where the order is free.
    private func mayEnd(_ shape: ObjectShape, _ frame: Frame) -> Bool {
        let seen = sets[frame.b]
        var left = pending(frame)
        if shape.brokenCount > 0 {
            for index in shape.members.indices where !seen.contains(Int32(index)) {
                left &= ~shape.members[index].absenceBreaks
            }
        }
        guard shape.mayEnd(count: Int(frame.e), pending: left) else { return false }
        guard shape.requiredCount > 0 else { return true }
        return !shape.members.indices.contains { shape.members[$0].isRequired && !seen.contains(Int32($0)) }
    }

    /// The members that order lets come: a range, and where the order is free those of it that haven't come.
    private func candidates(_ frame: Frame) -> ClosedRange<Int>? {
        let count = book.objects[Int(frame.a)].members.count
        guard isFixedOrder else { return count == 0 ? nil : 0...(count - 1) }
        guard Int(frame.b) < count else { return nil }
        return Int(frame.b)...(book.objects[Int(frame.a)].nextRequired[Int(frame.b)])
    }

    /// Whether member `index` may come next.
    private mutating func isOffered(_ index: Int, in frame: Frame) -> Bool {
        guard book.objects[Int(frame.a)].members[index].isPossible else { return false }
        if !isFixedOrder, sets[frame.b].contains(Int32(index)) { return false }
        if book.objects[Int(frame.a)].isSimple {
            return fits(book.objects[Int(frame.a)].members[index].goal, in: frame)
        }
        return !offers(index, in: frame).isEmpty
    }

    /// The ways for member `index` to come next after which the object can be completed.
    private mutating func offers(_ index: Int, in frame: Frame) -> [GoalBook.Choice] {
        let choices = book.choices(object: frame.a, member: index, pending: pending(frame, before: index))
        return choices.filter { choice in
            guard fits(choice.goal, in: frame) else { return false }
            return canFinish(after(frame, member: index, choice), of: frame)
        }
    }

    /// The frame behind the key of member `index`, before its colon.
    private mutating func after(_ frame: Frame, member index: Int, _ choice: GoalBook.Choice) -> Frame {
        var next = frame
        next.b = isFixedOrder ? Int32(index + 1) : sets.set(frame.b, inserting: Int32(index))
        next.c = Frame.Phase.colon | choice.goal << Frame.Phase.goalShift
        next.e = count(after: frame)
        next.f = Int32(bitPattern: choice.pending)
        return next
    }

    private func count(after frame: Frame) -> Int32 {
        min(frame.e + 1, Int32(book.objects[Int(frame.a)].countCap))
    }

    private mutating func canFinish(_ next: Frame, of frame: Frame) -> Bool {
        let shape = book.objects[Int(frame.a)]
        if shape.isSimple { return true }
        if let maximum = shape.maximum, Int(next.e) > maximum { return false }
        var left: [Int]?
        if !isFixedOrder {
            let seen = sets[next.b]
            left = shape.members.indices.filter { !seen.contains(Int32($0)) }
        }
        return book.canFinish(
            object: frame.a,
            ObjectProgress(position: next.b, count: next.e, pending: UInt32(bitPattern: next.f), others: others(next)),
            height: heightLeft(in: frame), left: left)
    }

    /// How many keys without a name came, as far as that matters.
    private func others(_ frame: Frame) -> Int32 {
        Int32(frame.d < 0 ? sets[-1 - frame.d].count + 1 : sets[frame.d].count)
    }

    private mutating func hasMember(_ frame: Frame) -> Bool {
        if let range = candidates(frame) {
            for index in range where isOffered(index, in: frame) { return true }
        }
        return keyLexeme(frame) != nil
    }

    /// The lexeme of keys without a name that may come next.
    private mutating func keyLexeme(_ frame: Frame) -> Int32? {
        guard !book.objects[Int(frame.a)].keyClasses.isEmpty else { return nil }
        if isFixedOrder, Int(frame.b) < book.objects[Int(frame.a)].requiredEnd { return nil }
        let height = heightLeft(in: frame)
        guard let lexeme = book.keyLexeme(object: frame.a, height: height) else { return nil }
        guard frame.d == NumberSets.empty || book.keyCount(object: frame.a, height: height) > Int(others(frame)) else {
            return nil
        }
        if book.objects[Int(frame.a)].isSimple { return lexeme }
        // Those classes that the object can be completed after.
        let labels = book.objects[Int(frame.a)].keyClasses.indices.filter { index in
            !offers(class: index, in: frame).isEmpty
        }.map { book.objects[Int(frame.a)].keyClasses[$0].label }
        return book.keyLexeme(object: frame.a, labels: labels)
    }

    private mutating func offers(class index: Int, in frame: Frame) -> [GoalBook.Choice] {
        let count = book.objects[Int(frame.a)].members.count
        let choices = book.choices(object: frame.a, class: index, pending: pending(frame, before: count))
        return choices.filter { choice in
            guard fits(choice.goal, in: frame) else { return false }
            var next = after(frame, choice)
            if next.d >= 0 { next.d = -1 - next.d }
            return canFinish(next, of: frame)
        }
    }

    private func after(_ frame: Frame, _ choice: GoalBook.Choice) -> Frame {
        var next = frame
        if isFixedOrder { next.b = Int32(book.objects[Int(frame.a)].members.count) }
        next.c = Frame.Phase.colon | choice.goal << Frame.Phase.goalShift
        next.e = count(after: frame)
        next.f = Int32(bitPattern: choice.pending)
        return next
    }
}

// MARK: - Keys

extension Automaton {
    private mutating func beginKey(of frame: Frame, into targets: inout [Int32]) {
        var key = Frame(kind: .key, a: keyLexeme(frame) ?? -1, b: -1, parent: cell(frame))
        if key.a >= 0, case .string(let lexeme) = book.lexemes[Int(key.a)] { key.set(lexeme.startBehindQuote) }
        key.e = offersName(under: ByteTrie.root, in: frame) ? ByteTrie.root : -1
        key.f = key.a >= 0 && frame.d != NumberSets.empty ? KeyTexts.empty : -1
        targets.append(cell(key))
    }

    mutating func offersName(under node: Int32, in frame: Frame) -> Bool {
        guard let range = candidates(frame) else { return false }
        let values = book.objects[Int(frame.a)].names.values(under: node)
        var low = values.startIndex
        var high = values.endIndex
        while low < high {
            let middle = (low + high) / 2
            if Int(values[middle]) < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        for value in values[low...] {
            guard Int(value) <= range.upperBound else { return false }
            if isOffered(Int(value), in: frame) { return true }
        }
        return false
    }

    mutating func stepKey(_ frame: Frame, _ byte: UInt8, into targets: inout [Int32]) {
        let object = frames[Int(frame.parent)]
        if byte == UInt8(ascii: "\""), frame.e >= 0 {
            let member = book.objects[Int(object.a)].names.value(at: frame.e)
            // The text of a name ends in no lone backslash, so this quote closes it.
            if member >= 0 {
                endKey(object, member: Int(member), into: &targets)
                return
            }
        }
        var next = frame
        next.e = frame.e < 0 ? -1 : book.objects[Int(object.a)].names.child(of: frame.e, byte)
        if next.e >= 0, !offersName(under: next.e, in: object) { next.e = -1 }
        var isOpen = false
        if frame.a >= 0, frame.b >= 0, case .string(let lexeme) = book.lexemes[Int(frame.a)],
            StringLexeme.isOnlySpelling(byte, in: frame.lexemeState), let state = lexeme.step(frame.lexemeState, byte)
        {
            if StringLexeme.isFinished(state) {
                endKey(frame, object, label: lexeme.language.labels[Int(frame.b)], into: &targets)
                return
            }
            next.set(state)
            next.f = frame.f < 0 ? -1 : texts.text(frame.f, appending: byte) ?? -1
            if next.f >= 0, !startsEarlierKey(next.f, in: object) { next.f = -1 }
            isOpen = next.f < 0 || hasNewKey(state, text: next.f, object, lexeme)
            // Whether there is another key may depend on the one that was forgotten.
            if object.d < 0, state.count >= 0 || !lexeme.language.infinite[Int(state.node)] { isUnsure = true }
        }
        if !isOpen {
            next.a = -1
            next.set(LexemeState(node: -1))
            next.f = -1
            guard next.e >= 0 else { return }
        }
        targets.append(cell(next))
    }

    private func earlierKeys(_ object: Frame) -> [Int32] { sets[object.d < 0 ? -1 - object.d : object.d] }

    func startsEarlierKey(_ text: Int32, in object: Frame) -> Bool {
        earlierKeys(object).contains { texts.starts($0, with: text) }
    }

    /// Whether a key goes on from here that hasn't come yet.
    func hasNewKey(_ state: LexemeState, text: Int32, _ object: Frame, _ lexeme: StringLexeme) -> Bool {
        if state.count < 0, lexeme.language.infinite[Int(state.node)] { return true }
        let earlier = earlierKeys(object).count { texts.starts($0, with: text) }
        let excluded = state.trie < 0 ? 0 : lexeme.excluded?.count(under: state.trie) ?? 0
        return lexeme.completionCount(state, cap: earlier + excluded + 1) > earlier + excluded
    }

    mutating func endKey(_ object: Frame, member index: Int, into targets: inout [Int32]) {
        guard isOffered(index, in: object), candidates(object)?.contains(index) == true else { return }
        let choices =
            book.objects[Int(object.a)].isSimple
            ? book.choices(object: object.a, member: index, pending: 0) : offers(index, in: object)
        for choice in choices {
            push(Fixed.colon, on: cell(after(object, member: index, choice)), into: &targets)
        }
    }

    private mutating func endKey(_ key: Frame, _ object: Frame, label: UInt64, into targets: inout [Int32]) {
        guard let index = book.objects[Int(object.a)].keyClasses.firstIndex(where: { $0.label == label }) else {
            return
        }
        // An earlier key with the same text.
        if key.f >= 0, earlierKeys(object).contains(key.f) { return }
        var keys = object.d
        if let text {
            let contents = text[ValueText.keyStart(in: text)..<(text.count - 1)]
            keys = sets.set(object.d, inserting: texts.insert(contents))
        } else if object.d < 0 {
            // Two keys whose texts aren't known might be the same.
            isUnsure = true
        } else {
            hasForgotten = true
            keys = -1 - object.d
        }
        for choice in offers(class: index, in: object) {
            var next = after(object, choice)
            next.d = keys
            push(Fixed.colon, on: cell(next), into: &targets)
        }
    }

    /// Ends a key without a name, whose class has `label`.
    mutating func endKey(_ key: Frame, label: UInt64, into targets: inout [Int32]) {
        var key = key
        // Its text isn't that of an earlier key; those are looked at one by one.
        key.f = -1
        endKey(key, frames[Int(key.parent)], label: label, into: &targets)
    }

    func isEarlierKey(_ text: Int32, in object: Frame) -> Bool { earlierKeys(object).contains(text) }
}
