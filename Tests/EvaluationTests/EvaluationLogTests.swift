import Evaluation
import Foundation
import JSONSchemas
import TestSupport
import Testing

/// The folder's log: cut, damaged, or in use.
@Suite struct EvaluationLogTests {
    private let letters: LetterSuite

    init() throws {
        letters = try LetterSuite()
    }

    @Test(arguments: ["", "{\"eval", "{\"evaluates\":{\"model\":\"m\"}}"])
    func `a log that was cut in its first line begins anew`(text: String) async throws {
        try letters.folder.write(text, to: "evaluation/progress.jsonl")
        #expect(try await letters.evaluate().taken == [0, 1, 2])
        #expect(try await letters.evaluate().taken == [])
    }

    @Test(arguments: ["{\"eval\n{\"batch\":0,\"run\":\"r\"}\n", "{\"something\":\"else\"}\n"])
    func `a log whose first line can't be understood is left alone`(text: String) async throws {
        try letters.folder.write(text, to: "evaluation/progress.jsonl")
        let error = await #expect(throws: SuiteError.self) { _ = try await letters.evaluate() }
        #expect(error?.description.contains("its first line can't be understood") == true)
        #expect(try letters.folder.text(of: "evaluation/progress.jsonl") == text)
    }

    @Test func `a second evaluation in the folder is refused while the first works`() async throws {
        var isRefused = false
        _ = try await letters.evaluator().run { batch, began in
            if batch.index == 1 {
                do {
                    _ = try await letters.evaluate()
                } catch let error as EvaluationBusy {
                    isRefused = error.description.hasPrefix("Can't evaluate in `\(error.directory)`: ")
                }
            }
            try letters.answer(batch)
            return LetterSuite.outcome(exit: 0)
        }
        #expect(isRefused)
        // The lock went with the first.
        #expect(try await letters.evaluate().taken == [])
    }
}
