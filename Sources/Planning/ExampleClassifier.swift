/// Tells the options of a closed choice apart by where labelled examples lie in a model's embedding space.
///
/// Least squares with a ridge, in the dual, one for each option against all others (Saunders, Gammerman and Vovk, "Ridge
/// Regression Learning Algorithm in Dual Variables", ICML 1998; Rifkin and Klautau, "In Defense of One-Vs-All Classification",
/// JMLR 2004). Embeddings are centred on the examples, each dimension is divided by their deviation in it, and they have
/// length 1 then, since those of a decoder all point the same way (Ethayarajh, "How Contextual are Contextualized Word
/// Representations?", EMNLP 2019).
package struct ExampleClassifier: Sendable {
    /// What keeps a fit to few examples from following each of them; in units of an example's squared length, which is 1.
    package static let ridge = 0.1

    private let mean: [Double]
    private let scale: [Double]
    /// By option, a weight for each dimension.
    private let weights: [[Double]]
    /// By option, its share of the examples.
    private let frequencies: [Double]

    /// Learns from `examples`; nil where they tell nothing apart, all being of one option or alike.
    ///
    /// - Parameters:
    ///   - examples: finite numbers, all as many.
    ///   - options: each example's option, from 0.
    ///   - count: how many options there are.
    ///
    /// - Complexity: O(*n*² · (*n* + *d*)) for *n* examples of *d* dimensions.
    package init?(examples: [[Float]], options: [Int], count: Int) {
        precondition(examples.count == options.count, "each example has its option")
        guard let width = examples.first?.count, Set(options).count > 1 else { return nil }
        let number = Double(examples.count)
        var mean = [Double](repeating: 0, count: width)
        var squares = mean
        for example in examples {
            for (place, value) in example.enumerated() { mean[place] += Double(value) / number }
        }
        for example in examples {
            for (place, value) in example.enumerated() {
                let distance = Double(value) - mean[place]
                squares[place] += distance * distance / number
            }
        }
        // A dimension in which all agree tells nothing.
        let scale = squares.map { $0 > 1e-12 ? 1 / $0.squareRoot() : 0 }
        let rows = examples.map { Self.placed($0, mean: mean, scale: scale) }
        var gram = [[Double]](repeating: [Double](repeating: 0, count: rows.count), count: rows.count)
        for row in rows.indices {
            for column in 0...row {
                gram[row][column] = Self.product(rows[row], rows[column]) + (row == column ? Self.ridge : 0)
            }
        }
        guard scale.contains(where: { $0 > 0 }), let factor = Self.cholesky(gram) else { return nil }
        var weights: [[Double]] = []
        var frequencies: [Double] = []
        for option in 0..<count {
            let frequency = Double(options.count { $0 == option }) / number
            let dual = Self.solve(factor, options.map { ($0 == option ? 1 : 0) - frequency })
            var weight = [Double](repeating: 0, count: width)
            for (share, row) in zip(dual, rows) {
                for place in weight.indices { weight[place] += share * row[place] }
            }
            weights.append(weight)
            frequencies.append(frequency)
        }
        self.mean = mean
        self.scale = scale
        self.weights = weights
        self.frequencies = frequencies
    }

    /// How much speaks for each option, 0...1, adding up to 1.
    package func shares(of embedding: [Float]) -> [Double] {
        precondition(embedding.count == mean.count, "all embeddings of a model are as wide")
        let row = Self.placed(embedding, mean: mean, scale: scale)
        let scores = zip(weights, frequencies).map { max(0, Self.product($0, row) + $1) }
        let sum = scores.reduce(0, +)
        return sum > 0 ? scores.map { $0 / sum } : frequencies
    }

    private static func placed(_ embedding: [Float], mean: [Double], scale: [Double]) -> [Double] {
        var row = embedding.indices.map { (Double(embedding[$0]) - mean[$0]) * scale[$0] }
        let length = product(row, row).squareRoot()
        guard length > 0, length.isFinite else { return [Double](repeating: 0, count: row.count) }
        for place in row.indices { row[place] /= length }
        return row
    }

    private static func product(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for place in left.indices { sum += left[place] * right[place] }
        return sum
    }

    /// The lower triangle L with L · Lᵀ = `matrix`, of which only the lower triangle is read; nil where there is none.
    private static func cholesky(_ matrix: [[Double]]) -> [[Double]]? {
        var factor = matrix
        for row in matrix.indices {
            for column in 0...row {
                var rest = matrix[row][column]
                for place in 0..<column { rest -= factor[row][place] * factor[column][place] }
                if row == column {
                    guard rest > 0, rest.isFinite else { return nil }
                    factor[row][row] = rest.squareRoot()
                } else {
                    factor[row][column] = rest / factor[column][column]
                }
            }
        }
        return factor
    }

    /// The solution of L · Lᵀ · x = `right`.
    private static func solve(_ factor: [[Double]], _ right: [Double]) -> [Double] {
        var result = right
        for row in result.indices {
            for place in 0..<row { result[row] -= factor[row][place] * result[place] }
            result[row] /= factor[row][row]
        }
        for row in result.indices.reversed() {
            for place in result.indices where place > row { result[row] -= factor[place][row] * result[place] }
            result[row] /= factor[row][row]
        }
        return result
    }
}
