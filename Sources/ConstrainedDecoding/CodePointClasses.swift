/// A partition of the code points into classes that no transition of an automaton tells apart.
struct CodePointClasses: Hashable, Sendable {
    /// Where each range of like code points starts, ascending from 0.
    let rangeStarts: [UInt32]
    /// The class of each range.
    let rangeClasses: [Int32]
    /// How many code points each class has; surrogates are in a class of their own, whose size is 0.
    let sizes: [Int]
    private let ascii: [Int32]

    static let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF

    var count: Int { sizes.count }

    /// The coarsest partition in which each of `ranges` is a union of classes. `signature` tells classes apart: the
    /// indices of the ranges that hold a code point.
    init(_ ranges: [ClosedRange<UInt32>]) {
        var borders: Set<UInt32> = [0, Self.surrogates.lowerBound, Self.surrogates.upperBound + 1]
        for range in ranges {
            borders.insert(range.lowerBound)
            if range.upperBound < 0x10FFFF { borders.insert(range.upperBound + 1) }
        }
        let starts = borders.sorted()
        var signatures = [[Int32]](repeating: [], count: starts.count)
        for (number, range) in ranges.enumerated() {
            var index = starts.lastIndex(notAbove: range.lowerBound)
            while index < starts.count, starts[index] <= range.upperBound {
                signatures[index].append(Int32(number))
                index += 1
            }
        }
        self.init(starts: starts, signatures: signatures)
    }

    /// The partition that tells apart whatever one of `parts` does, and for each class the classes of the parts.
    static func product(_ parts: [CodePointClasses]) -> (classes: CodePointClasses, parts: [[Int32]]) {
        let starts = Set(parts.flatMap(\.rangeStarts)).sorted()
        let signatures = starts.map { start in parts.map { $0.class(of: start) } }
        let classes = CodePointClasses(starts: starts, signatures: signatures)
        var ofParts = [[Int32]](repeating: [], count: classes.count)
        for (index, start) in starts.enumerated() {
            ofParts[Int(classes.class(of: start))] = signatures[index]
        }
        return (classes, ofParts)
    }

    private init(starts: [UInt32], signatures: [[Int32]]) {
        var classes: [Int32] = []
        var sizes: [Int] = []
        var numbers: [[Int32]: Int32] = [:]
        var surrogateClass: Int32?
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : 0x110000
            if Self.surrogates.contains(start) {
                if surrogateClass == nil {
                    surrogateClass = Int32(sizes.count)
                    sizes.append(0)
                }
                classes.append(surrogateClass ?? 0)
                continue
            }
            let known = numbers[signatures[index]]
            let number = known ?? Int32(sizes.count)
            if known == nil {
                numbers[signatures[index]] = number
                sizes.append(0)
            }
            sizes[Int(number)] += Int(end - start)
            classes.append(number)
        }
        rangeStarts = starts
        rangeClasses = classes
        self.sizes = sizes
        ascii = (0..<128).map { classes[starts.lastIndex(notAbove: UInt32($0))] }
    }

    @inline(__always)
    func `class`(of codePoint: UInt32) -> Int32 {
        codePoint < 128 ? ascii[Int(codePoint)] : rangeClasses[rangeStarts.lastIndex(notAbove: codePoint)]
    }

    /// The classes that lie wholly in `range`, given that the partition was made with it.
    func classes(in range: ClosedRange<UInt32>) -> [Int32] {
        var found: [Int32] = []
        var index = rangeStarts.lastIndex(notAbove: range.lowerBound)
        while index < rangeStarts.count, rangeStarts[index] <= range.upperBound {
            if !Self.surrogates.contains(rangeStarts[index]), !found.contains(rangeClasses[index]) {
                found.append(rangeClasses[index])
            }
            index += 1
        }
        return found
    }
}

extension [UInt32] {
    /// The position of the last element that isn't greater than `value`; the first element must not be.
    func lastIndex(notAbove value: UInt32) -> Int {
        var low = 0
        var high = count
        while high - low > 1 {
            let middle = (low + high) / 2
            if self[middle] <= value { low = middle } else { high = middle }
        }
        return low
    }
}
