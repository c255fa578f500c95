/// How configurations go on: the bytes that the top frame takes, and what begins when it ends.
extension Automaton {
    /// Adds the configurations that follow `cell` by `byte`.
    mutating func step(_ cell: Int32, _ byte: UInt8, into targets: inout [Int32]) {
        let frame = frames[Int(cell)]
        switch frame.kind {
        case .literal:
            let literal = program.literals[Int(frame.a)]
            guard literal[Int(frame.b)] == byte else { return }
            if Int(frame.b) + 1 == literal.count {
                end(of: frame.parent, into: &targets)
            } else {
                var next = frame
                next.b += 1
                targets.append(self.cell(next))
            }
        case .lexeme:
            let state = LexemeState(node: frame.b, count: frame.c, detail: frame.d)
            guard let next = program.lexemes[Int(frame.a)].step(state, byte) else { return }
            enter(next, of: frame, into: &targets)
        case .key: stepKey(frame, byte, into: &targets)
        case .document, .object, .array, .sequence, .unsure: break
        }
    }

    private mutating func enter(_ state: LexemeState, of frame: Frame, into targets: inout [Int32]) {
        let lexeme = program.lexemes[Int(frame.a)]
        if lexeme.isAccepting(state) { end(of: frame.parent, into: &targets) }
        guard lexeme.canContinue(state) else { return }
        var next = frame
        next.b = state.node
        if !frame.isShared { next.c = state.count }
        next.d = state.detail
        targets.append(cell(next))
    }

    private mutating func stepKey(_ frame: Frame, _ byte: UInt8, into targets: inout [Int32]) {
        let state = LexemeState(count: frame.c, detail: frame.d)
        guard let next = program.keyLexeme.step(state, byte) else { return }
        if StringLexeme.isFinished(next) {
            endKey(frame, into: &targets)
            return
        }
        guard isOnlySpelling(byte, in: state) else { return }
        var longer = frame
        if !frame.isShared { longer.c = next.count }
        longer.d = next.detail
        let object = frames[Int(frame.parent)]
        if frame.b != KeySets.unknownText {
            longer.b = keys.text(frame.b, appending: byte)
            if frame.isShared, !startsKnownKey(longer.b, in: object) { longer.b = KeySets.unknownText }
        }
        // At the length limit the only way on is the closing quote, which a known key doesn't get.
        if program.keyLexeme.remaining(next) == 0, StringLexeme.isBetweenCharacters(next),
            !isNewKey(longer.b, in: object)
        {
            return
        }
        targets.append(cell(longer))
    }

    private mutating func endKey(_ frame: Frame, into targets: inout [Int32]) {
        var object = frames[Int(frame.parent)]
        guard isNewKey(frame.b, in: object) else { return }
        object.c = Frame.Phase.colon
        if frame.b == KeySets.unknownText {
            object.isShared = true
        } else {
            object.d = keys.set(object.d, inserting: frame.b)
        }
        targets.append(cell(Frame(kind: .literal, a: GrammarProgram.Fixed.colon, parent: cell(object))))
    }

    /// Equal keys must be equal bytes, so `\/` and upper-case hexadecimal digits aren't offered.
    private func isOnlySpelling(_ byte: UInt8, in state: LexemeState) -> Bool {
        guard !StringLexeme.isBetweenCharacters(state) else { return true }
        return byte != UInt8(ascii: "/") && !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    private func isNewKey(_ text: Int32, in object: Frame) -> Bool {
        text == KeySets.unknownText
            || !keys.contains(text, in: object.d)
                && !program.objects[Int(object.a)].declaredKeys.contains(keys.bytes(of: text))
    }

    /// Whether a declared key or one that is already there starts with `text`.
    func startsKnownKey(_ text: Int32, in object: Frame) -> Bool {
        let bytes = keys.bytes(of: text)
        return keys.containsContinuation(of: bytes, in: object.d)
            || program.objects[Int(object.a)].declaredKeys.contains { $0.starts(with: bytes) }
    }

    /// Adds what follows when the part above the frame of `cell` has ended.
    private mutating func end(of cell: Int32, into targets: inout [Int32]) {
        let frame = frames[Int(cell)]
        switch frame.kind {
        case .document: targets.append(cell)
        case .sequence:
            var next = frame
            next.b += 1
            continueSequence(next, into: &targets)
        case .object: continueObject(frame, into: &targets)
        case .array: continueArray(frame, into: &targets)
        case .literal, .lexeme, .key, .unsure:
            preconditionFailure("A frame that takes bytes has nothing above it.")
        }
    }

    /// Begins the part that `frame` names.
    mutating func continueSequence(_ frame: Frame, into targets: inout [Int32]) {
        let parts = program.sequences[Int(frame.a)]
        guard Int(frame.b) < parts.count else {
            end(of: frame.parent, into: &targets)
            return
        }
        let parent = cell(frame)
        switch parts[Int(frame.b)] {
        case .literal(let literal): targets.append(cell(Frame(kind: .literal, a: literal, parent: parent)))
        case .value(let value): begin(value, on: parent, depth: 0, into: &targets)
        }
    }

    /// Begins a value above `parent`, within `depth` containers.
    private mutating func begin(_ value: Int32, on parent: Int32, depth: Int32, into targets: inout [Int32]) {
        for alternative in program.values[Int(value)].alternatives {
            switch alternative {
            case .lexeme(let number):
                let start = program.lexemes[number].start
                let frame = Frame(
                    kind: .lexeme, a: Int32(number), b: start.node, c: start.count, d: start.detail,
                    parent: parent)
                targets.append(cell(frame))
            case .object(let number) where fits(program.objects[number].height, depth: depth):
                let object = cell(Frame(kind: .object, a: Int32(number), parent: parent, depth: depth + 1))
                targets.append(
                    cell(Frame(kind: .literal, a: GrammarProgram.Fixed.openObject, parent: object)))
            case .array(let number) where fits(program.arrays[number].height, depth: depth):
                let array = cell(Frame(kind: .array, a: Int32(number), parent: parent, depth: depth + 1))
                targets.append(cell(Frame(kind: .literal, a: GrammarProgram.Fixed.openArray, parent: array)))
            case .object, .array: break
            }
        }
    }

    private func fits(_ height: Int32, depth: Int32) -> Bool {
        height <= program.nestingLimit - depth
    }

    private func fits(value: Int32, depth: Int32) -> Bool {
        fits(program.values[Int(value)].height, depth: depth)
    }
}

// MARK: - Objects and arrays

extension Automaton {
    private mutating func continueObject(_ frame: Frame, into targets: inout [Int32]) {
        let object = program.objects[Int(frame.a)]
        var next = frame
        switch frame.c {
        case Frame.Phase.open: offerMembers(of: frame, isFirst: true, into: &targets)
        case Frame.Phase.separator:
            next.c = Frame.Phase.value
            begin(object.members[Int(frame.b)].value, on: cell(next), depth: frame.depth, into: &targets)
        case Frame.Phase.value:
            next.b = min(frame.b + 1, Int32(object.members.count))
            offerMembers(of: next, isFirst: false, into: &targets)
        case Frame.Phase.keyQuote where frame.isShared:
            targets.append(cell(Frame(kind: .unsure, parent: cell(frame))))
        case Frame.Phase.keyQuote:
            next.c = Frame.Phase.key
            let start = program.keyLexeme.startBehindQuote
            targets.append(
                cell(
                    Frame(
                        kind: .key, a: frame.a, b: KeySets.emptyText, c: start.count, d: start.detail,
                        parent: cell(next))))
        case Frame.Phase.colon:
            next.c = Frame.Phase.value
            guard let additional = object.additional else { return }
            begin(additional, on: cell(next), depth: frame.depth, into: &targets)
        default: preconditionFailure("A key ends in its own step.")
        }
    }

    /// Offers each member up to the next required one; behind the last required one also the end and other keys.
    private mutating func offerMembers(of frame: Frame, isFirst: Bool, into targets: inout [Int32]) {
        let object = program.objects[Int(frame.a)]
        for index in Int(frame.b)..<object.members.count {
            let member = object.members[index]
            if fits(value: member.value, depth: frame.depth) {
                var next = frame
                next.b = Int32(index)
                next.c = Frame.Phase.separator
                let literal = isFirst ? member.firstLiteral : member.laterLiteral
                targets.append(cell(Frame(kind: .literal, a: literal, parent: cell(next))))
            }
            if member.isRequired { return }
        }
        targets.append(cell(Frame(kind: .literal, a: GrammarProgram.Fixed.closeObject, parent: frame.parent)))
        if let additional = object.additional, fits(value: additional, depth: frame.depth) {
            var next = frame
            next.b = Int32(object.members.count)
            next.c = Frame.Phase.keyQuote
            let literal = isFirst ? GrammarProgram.Fixed.quote : GrammarProgram.Fixed.commaQuote
            targets.append(cell(Frame(kind: .literal, a: literal, parent: cell(next))))
        }
    }

    private mutating func continueArray(_ frame: Frame, into targets: inout [Int32]) {
        let array = program.arrays[Int(frame.a)]
        var next = frame
        switch frame.c {
        case Frame.Phase.separator:
            beginElement(of: frame, into: &targets)
        default:
            if frame.b >= array.minimum {
                targets.append(
                    cell(Frame(kind: .literal, a: GrammarProgram.Fixed.closeArray, parent: frame.parent)))
            }
            guard array.maximum.map({ frame.b < $0 }) ?? true, fits(value: array.items, depth: frame.depth)
            else { return }
            if frame.c == Frame.Phase.open {
                beginElement(of: frame, into: &targets)
            } else {
                next.c = Frame.Phase.separator
                targets.append(cell(Frame(kind: .literal, a: GrammarProgram.Fixed.comma, parent: cell(next))))
            }
        }
    }

    private mutating func beginElement(of frame: Frame, into targets: inout [Int32]) {
        let array = program.arrays[Int(frame.a)]
        var next = frame
        next.c = Frame.Phase.value
        // Without an upper bound, counts past the lower one make no difference.
        next.b = array.maximum == nil ? min(frame.b + 1, array.minimum) : frame.b + 1
        begin(array.items, on: cell(next), depth: frame.depth, into: &targets)
    }
}
