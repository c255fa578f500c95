import ConstrainedDecoding
import Foundation
import JSONSchemas
import Tokens

/// `decode-fuzz`: seeds from the given one on, until the time is over. The seed being tried is the last line of the log, so
/// a crash names it.
enum FuzzCommand {
    static func run(_ arguments: DecodingArguments, trie: TokenTrie) throws -> Bool {
        var options = arguments.grammarOptions
        options.stringLengthLimit = 12
        options.numberDigitLimit = 4
        options.nestingLimit = 6
        var fuzz = SchemaFuzz(trie: trie, options: options)
        var others = options
        others.propertyOrder = options.propertyOrder == .any ? .asSchema : .any
        let out = try arguments.outFile()
        let log = FileHandle.standardError
        let end = ContinuousClock.now + .seconds(arguments.minutes * 60)
        var seed = arguments.seed
        var reported = 0
        while ContinuousClock.now < end, seed - arguments.seed < UInt64(arguments.count) {
            log.write(Data("\r\(seed)".utf8))
            fuzz.options = seed.isMultiple(of: 2) ? options : others
            fuzz.run(seed: seed)
            for failure in fuzz.tally.failures.dropFirst(reported) { print(failure) }
            reported = fuzz.tally.failures.count
            let lines = fuzz.takeLines()
            if !lines.isEmpty { try out?.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8)) }
            seed += 1
        }
        let tally = fuzz.tally
        log.write(Data("\n".utf8))
        let refused = tally.refused.values.reduce(0, +)
        print(
            "\(tally.schemas) schemas from seed \(arguments.seed), \(refused) refused, \(tally.documents) documents, "
                + "\(tally.unfinished) walks without an end in \(SchemaFuzz.stepLimit) steps, "
                + "\(tally.failures.count) failures, slowest \(tally.slowest) s (seed \(tally.slowestSeed))")
        for (reason, count) in tally.refused.sorted(by: { $0.value > $1.value }).prefix(25) {
            print("  \(count) × \(reason)")
        }
        return tally.failures.isEmpty
    }
}
