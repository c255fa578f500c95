import Foundation
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

/// The file beside a workflow that says how sure a model really is.
@Suite struct CalibrationTests {
    private func field(
        weights: String = "w", step: String = "each/class", prompt: String = "p", options: [JSONValue] = ["a", "b"],
        temperature: Double = 1.75, offsets: [Double] = []
    ) -> Calibration.Field {
        Calibration.Field(
            weights: weights, step: step, pointer: "/kind", prompt: prompt, options: options, temperature: temperature,
            count: 30, suite: "s", offsets: offsets)
    }

    @Test func `what is written is read again`() throws {
        let folder = try TemporaryFolder()
        #expect(try Calibration.load(directory: folder.path) == nil)
        let calibration = Calibration([
            field(), field(options: [true, .null, 1], temperature: 0.6123, offsets: [0.25, -5, 1]),
        ])
        try calibration.save(directory: folder.path)
        #expect(try Calibration.load(directory: folder.path) == calibration)
    }

    @Test(arguments: [
        "", "{}", "[]", "{\"fields\": [{}]}",
        #"{"fields": [{"weights": "w", "step": "s", "field": "/k", "prompt": "p", "options": [], "temperature": 0, "n": 1, "suite": "s"}]}"#,
    ])
    func `what is no calibration is refused`(text: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: Calibration.fileName)
        let error = #expect(throws: CalibrationError.self) { _ = try Calibration.load(directory: folder.path) }
        #expect(error?.description.contains("it is no calibration") == true)
    }

    @Test(arguments: [1e-300, 0.0999, 10.001, 1e300])
    func `a temperature that no fit ends at is refused`(temperature: Double) throws {
        let folder = try TemporaryFolder()
        try Calibration([field(temperature: temperature)]).save(directory: folder.path)
        #expect(throws: CalibrationError.self) { _ = try Calibration.load(directory: folder.path) }
        // Control arm: the ends themselves.
        for end in [0.1, 10.0] {
            try Calibration([field(temperature: end)]).save(directory: folder.path)
            #expect(try Calibration.load(directory: folder.path)?.fields.first?.temperature == end)
        }
    }

    @Test(arguments: ["[0.5]", "[0.5, 0.5, 0.5]", "[0.5, 5.001]", "[-1e9, 0]", "[0.5, \"0.5\"]", "{}", "\"0.5\""])
    func `offsets that no fit ends at, or not one for each option, are refused`(offsets: String) throws {
        let folder = try TemporaryFolder()
        try Calibration([field(offsets: [0.5, 0.5])]).save(directory: folder.path)
        #expect(try Calibration.load(directory: folder.path)?.fields.first?.offsets == [0.5, 0.5])
        let written = try String(contentsOfFile: Calibration.path(in: folder.path), encoding: .utf8)
        let changed = written.replacing("[0.5, 0.5]", with: offsets)
        #expect(changed != written)
        try folder.write(changed, to: Calibration.fileName)
        #expect(throws: CalibrationError.self) { _ = try Calibration.load(directory: folder.path) }
    }

    @Test func `a temperature counts for its step, field and options only`() {
        let calibration = Calibration([field()])
        #expect(calibration.adjustment(of: "/kind", at: "each[12]/class", options: ["a", "b"])?.temperature == 1.75)
        #expect(calibration.adjustment(of: "/kind", at: "each[12]/class", options: ["a", "c"]) == nil)
        #expect(calibration.adjustment(of: "/other", at: "each[12]/class", options: ["a", "b"]) == nil)
        #expect(calibration.adjustment(of: "/kind", at: "each[12]/next", options: ["a", "b"]) == nil)
        #expect(Calibration.step(of: "a[3]/b[10]/c") == "a/b/c")
    }

    @Test func `other weights and another prompt are left out, with a notice`() {
        let calibration = Calibration([field(), field(weights: "v")])
        let same = calibration.fitting(weights: "w", prompts: ["each/class": "p"], model: "m")
        #expect(same.calibration?.fields == [field()] && same.notices.isEmpty)
        let prompt = calibration.fitting(weights: "w", prompts: ["each/class": "q"], model: "m")
        #expect(prompt.calibration == nil)
        #expect(prompt.notices.count == 1 && prompt.notices[0].contains("of `m`: the prompt was changed since"))
        let weights = calibration.fitting(weights: "x", prompts: ["each/class": "p"], model: "n")
        #expect(weights.calibration == nil)
        #expect(
            weights.notices == [
                "`calibration.json` has nothing for `n`: it was made with other weights; "
                    + "`warrant eval --calibrate SUITE --model n` adds it"
            ])
    }

    @Test func `a newer temperature takes the place of the older one and leaves others alone`() {
        let known = Calibration([field(), field(weights: "v"), field(options: ["x", "y"])])
        let updated = known.updated(with: Calibration([field(temperature: 2)]))
        #expect(
            updated.fields == [
                field(weights: "v"), field(options: ["x", "y"]), field(temperature: 2),
            ])
    }

    @Test func `what was fitted on a prompt that is no more goes, so that its notice does`() {
        let known = Calibration([field(), field(weights: "v"), field(step: "each/more"), field(options: ["x", "y"])])
        let prompts = ["each/class": "q", "each/more": "p"]
        #expect(!known.fitting(weights: "w", prompts: prompts, model: "m").notices.isEmpty)
        let newer = field(prompt: "q", options: ["a", "b", "c"], temperature: 2)
        let updated = known.updated(with: Calibration([newer]))
        #expect(updated.fields == [field(weights: "v"), field(step: "each/more"), newer])
        let found = updated.fitting(weights: "w", prompts: prompts, model: "m")
        #expect(found.notices.isEmpty && found.calibration?.fields == [field(step: "each/more"), newer])
    }
}
