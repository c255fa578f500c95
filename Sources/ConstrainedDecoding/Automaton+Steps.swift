/// How configurations go on: the bytes that the top frame takes, and what begins when it ends.
extension Automaton {
    /// Adds the configurations that follow `cell` by `byte`.
    mutating func step(_ cell: Int32, _ byte: UInt8, into targets: inout [Int32]) {
        let frame = frames[Int(cell)]
        switch frame.kind {
        case .literal:
            guard literals[Int(frame.a)][Int(frame.b)] == byte else { return }
            if frame.a == Fixed.comma, frame.b == 0, frames[Int(frame.parent)].d < 0,
                !isBoundless(frames[Int(frame.parent)])
            {
                // Whether there is a next element depends on the one that was forgotten.
                isUnsure = true
            }
            if Int(frame.b) + 1 == literals[Int(frame.a)].count {
                end(of: frame.parent, into: &targets)
            } else {
                var next = frame
                next.b += 1
                targets.append(self.cell(next))
            }
        case .lexeme:
            guard let next = book.lexemes[Int(frame.a)].step(frame.lexemeState, byte) else { return }
            let lexeme = book.lexemes[Int(frame.a)]
            if lexeme.isAccepting(next) {
                if case .values(let values) = lexeme { endedSpelling = values.spelling(at: next) }
                end(of: frame.parent, into: &targets)
                endedSpelling = nil
            }
            guard lexeme.canContinue(next) else { return }
            var longer = frame
            longer.set(next)
            targets.append(self.cell(longer))
        case .key: stepKey(frame, byte, into: &targets)
        case .document, .object, .array, .sequence: break
        }
    }

    /// Adds what follows when the part above the frame of `cell` has ended.
    mutating func end(of cell: Int32, into targets: inout [Int32]) {
        let frame = frames[Int(cell)]
        switch frame.kind {
        case .document: targets.append(cell)
        case .sequence:
            var next = frame
            next.b += 1
            continueSequence(next, into: &targets)
        case .object: continueObject(frame, into: &targets)
        case .array: continueArray(frame, into: &targets)
        case .literal, .lexeme, .key: preconditionFailure("A frame that takes bytes has nothing above it.")
        }
    }

    /// Begins the part that `frame` names.
    mutating func continueSequence(_ frame: Frame, into targets: inout [Int32]) {
        let parts = sequences[Int(frame.a)]
        guard Int(frame.b) < parts.count else {
            end(of: frame.parent, into: &targets)
            return
        }
        let parent = cell(frame)
        switch parts[Int(frame.b)] {
        case .literal(let literal): push(literal, on: parent, into: &targets)
        case .value(let goal): begin(goal, on: parent, depth: 0, into: &targets)
        }
    }

    mutating func push(_ literal: Int32, on parent: Int32, into targets: inout [Int32]) {
        targets.append(cell(Frame(kind: .literal, a: literal, parent: parent)))
    }

    /// Begins a value of `goal` above `parent`, within `depth` containers.
    mutating func begin(_ goal: Int32, on parent: Int32, depth: Int32, into targets: inout [Int32]) {
        let left = Int32(book.options.nestingLimit) - depth
        for alternative in book.alternatives(of: goal) {
            switch alternative {
            case .lexeme(let number):
                var frame = Frame(kind: .lexeme, a: number, parent: parent)
                frame.set(book.lexemes[Int(number)].start)
                targets.append(cell(frame))
            case .object(let number):
                guard left > 0, book.height(ofObject: number) <= left else { continue }
                var frame = Frame(kind: .object, a: number, parent: parent, depth: depth + 1)
                frame.f = Int32(bitPattern: book.objects[Int(number)].startPending)
                push(Fixed.openObject, on: cell(frame), into: &targets)
            case .array(let number):
                guard left > 0, book.height(ofArray: number) <= left else { continue }
                var frame = Frame(kind: .array, a: number, parent: parent, depth: depth + 1)
                let shape = book.arrays[Int(number)]
                frame.e = countLists.number(of: shape.counts.map { _ in 0 })
                frame.f = Int32(bitPattern: 1 << UInt32(shape.wanted.count) - 1)
                push(Fixed.openArray, on: cell(frame), into: &targets)
            }
        }
    }

    /// How many containers a part of a container at `frame` may nest.
    func heightLeft(in frame: Frame) -> Int32 { Int32(book.options.nestingLimit) - frame.depth }

    mutating func fits(_ goal: Int32, in frame: Frame) -> Bool {
        book.height(of: goal) <= heightLeft(in: frame)
    }
}
