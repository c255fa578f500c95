/// Counts the context's cells. A cell holds one token's state, for every sequence that shares it.
///
/// The numbers are this ledger's own: llama.cpp tells neither which cells a sequence has nor how many are free.
struct CellLedger {
    /// How many cells there are.
    let capacity: Int
    /// How many sequences each cell belongs to.
    private var owners: [Int32]
    private var unused: [Int32]

    init(capacity: Int) {
        self.capacity = capacity
        owners = Array(repeating: 0, count: capacity)
        unused = (0..<Int32(capacity)).reversed()
    }

    /// Cells that belong to no sequence.
    var freeCount: Int { unused.count }

    /// Takes `count` free cells for one sequence; there must be as many.
    mutating func take(_ count: Int) -> ArraySlice<Int32> {
        precondition(count <= unused.count, "Cells are counted before they are taken.")
        let taken = unused.suffix(count)
        unused.removeLast(count)
        for cell in taken { owners[Int(cell)] = 1 }
        return taken
    }

    /// Gives `cells` to one more sequence.
    mutating func share(_ cells: ArraySlice<Int32>) {
        for cell in cells { owners[Int(cell)] += 1 }
    }

    /// Takes `cells` from one of their sequences.
    mutating func release(_ cells: ArraySlice<Int32>) {
        for cell in cells {
            owners[Int(cell)] -= 1
            if owners[Int(cell)] == 0 { unused.append(cell) }
        }
    }

    /// How many cells would be free without the sequences that hold `lists`.
    func freeCount(without lists: [[Int32]]) -> Int {
        var left = owners
        var count = freeCount
        for list in lists {
            for cell in list {
                left[Int(cell)] -= 1
                if left[Int(cell)] == 0 { count += 1 }
            }
        }
        return count
    }
}
