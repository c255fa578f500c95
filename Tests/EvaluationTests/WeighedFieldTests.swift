import Evaluation
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

/// Which recorded answers are held against which gold.
@Suite struct WeighedFieldTests {
    private static let options: JSONValue = ["k", "other"]

    private func suite(_ part: SuitePart = .whole, count: Int = 5) throws -> Suite {
        let letters = try LetterSuite([
            "items.jsonl": LetterSuite.items(1...count),
            "gold.jsonl": (1...count).map { "{\"id\": \"i\($0)\", \"kind\": \"\($0 == 2 ? "none" : "k")\"}\n" }
                .joined(),
        ])
        return try Suite(SuiteDefinition.load(path: letters.folder.path), part: part)
    }

    private func body(_ item: JSONValue?, kind: String, shares: [Double] = [0.75, 0.25]) -> JSONValue {
        var body: JSONObject = [
            "written": ["kind": .string(kind), "mood": true],
            "shares": [
                "/kind": ["options": Self.options, "shares": .array(shares.map { .number($0) }), "mass": 1],
                "/mood": ["options": [true, false], "shares": [0.5, 0.5], "mass": 1],
            ],
        ]
        body["item"] = item
        return .object(body)
    }

    private let run = TakenRun(run: "r", items: ["i1", "i2", "i3"])

    @Test func `answers find their gold by the loop's item and the score's name`() throws {
        let fields = WeighedField.all(
            in: try suite(),
            [
                (
                    run,
                    [
                        ("each[0]/class", body("i1", kind: "k")), ("each[1]/class", body("i2", kind: "k")),
                        ("each[2]/class", body("i3", kind: "other", shares: [0.25, 0.75])),
                        // Of another run's item, of no item, and a step that weighed nothing.
                        ("each[3]/class", body("i5", kind: "k")), ("each[4]/class", body(nil, kind: "k")),
                        ("each[0]/more", ["written": ["kind": "k"]]),
                    ]
                )
            ])
        // `mood` is no score of the suite.
        #expect(fields.count == 1)
        let field = try #require(fields.first)
        #expect(field.step == "each/class" && field.pointer == "/kind" && field.figure == "kind")
        #expect(field.answers.map(\.id) == ["i1", "i2", "i3"])
        #expect(field.answers.map(\.right) == [0, nil, 0])
        #expect(field.answers.map(\.isRight) == [true, false, false])
        #expect(field.reliability.count == 3)
    }

    @Test func `an item that a step read twice says nothing, and a run's only item needs no name`() throws {
        let twice = WeighedField.all(
            in: try suite(), [(run, [("a[0]/c", body("i1", kind: "k")), ("a[1]/c", body("i1", kind: "k"))])])
        #expect(twice.isEmpty)
        let alone = WeighedField.all(
            in: try suite(), [(TakenRun(run: "r", items: ["i4"]), [("class", body(nil, kind: "k"))])])
        #expect(alone.first?.answers.map(\.id) == ["i4"])
        // One of something else that has a name is not about it.
        let neighbour = WeighedField.all(
            in: try suite(), [(TakenRun(run: "r", items: ["i4"]), [("near[0]/class", body("i5", kind: "k"))])])
        #expect(neighbour.isEmpty)
    }

    /// Readings of all of `count` items, each with `more` in the shares of its kind.
    private func readings(_ count: Int, _ more: JSONObject = [:]) -> [(
        run: TakenRun, entries: [(step: String, body: JSONValue)]
    )] {
        let items = (1...count).map { "i\($0)" }
        let entries = items.enumerated().map { index, item -> (step: String, body: JSONValue) in
            var whole = body(.string(item), kind: "k").objectValue ?? JSONObject()
            var kind = whole["shares"]?["/kind"]?.objectValue ?? JSONObject()
            for (name, value) in more { kind[name] = value }
            whole["shares"] = ["/kind": .object(kind)]
            return ("each[\(index)]/class", .object(whole))
        }
        return [(TakenRun(run: "r", items: items), entries)]
    }

    @Test func `each half is judged by what the other taught, where both know enough and no run had a calibration`()
        throws
    {
        let field = try #require(WeighedField.all(in: try suite(count: 80), readings(80)).first)
        let crossed = try #require(field.crossFitted)
        // One answer has no right option; all others are right, so that the fit is surer than the model was.
        #expect(crossed.count == 80 && crossed.accuracy == 79.0 / 80)
        #expect(crossed.calibrationError < field.reliability.calibrationError)
        #expect(field.json["cross_fitted"] == crossed.json)
        let few = try #require(WeighedField.all(in: try suite(count: 30), readings(30)).first)
        #expect(few.crossFitted == nil)
        let calibrated = try #require(
            WeighedField.all(in: try suite(count: 80), readings(80, ["temperature": 1.5])).first)
        #expect(calibrated.temperature == 1.5 && calibrated.crossFitted == nil)
    }

    @Test func `answers are as sure as the run's offsets made them, and broken offsets count for nothing`() throws {
        let field = try #require(
            WeighedField.all(in: try suite(count: 20), readings(20, ["offsets": [0, -1]])).first)
        #expect(field.adjustment == ShareAdjustment(temperature: 1, offsets: [0, -1]))
        #expect(field.json["offsets"] == [0, -1])
        // 0.75 and 0.25 / e make 0.8908; 19 of 20 are right.
        #expect(abs(field.reliability.calibrationError - (0.95 - 0.890768)) < 1e-5)
        #expect(WeighedField.all(in: try suite(count: 20), readings(20, ["offsets": [1]])).isEmpty)
    }

    @Test func `answers are as sure as the votes beside the model made them`() throws {
        let field = try #require(
            WeighedField.all(in: try suite(count: 20), readings(20, ["votes": [0, 1], "vote_weight": 0.3])).first)
        // 0.7 · 0.75; 19 of 20 are right.
        #expect(abs(field.reliability.calibrationError - (0.95 - 0.525)) < 1e-9)
        #expect(abs((field.answers.first?.shares.last ?? 0) - 0.475) < 1e-9)
        #expect(WeighedField.all(in: try suite(count: 20), readings(20, ["votes": [1]])).isEmpty)
    }

    @Test func `too few answers are not fitted`() throws {
        let field = try #require(
            WeighedField.all(in: try suite(), [(run, [("each[0]/class", body("i1", kind: "k"))])]).first)
        let error = #expect(throws: SuiteError.self) { _ = try FieldCalibration(field) }
        #expect(error?.description.contains("Can't calibrate `/kind` of step `each/class`: 1 of") == true)
    }

    @Test func `the halves have nothing in common and are all there is`() throws {
        let whole = try suite(count: 80).gold.map(\.id)
        let development = try suite(.development, count: 80).gold.map(\.id)
        let heldOut = try suite(.heldOut, count: 80).gold.map(\.id)
        #expect(Set(development).isDisjoint(with: heldOut))
        #expect(Set(development + heldOut) == Set(whole))
        #expect(20...60 ~= development.count)
        // An item stays in its half when others come.
        #expect(try suite(.development, count: 40).gold.map(\.id).allSatisfy { development.contains($0) })
    }

    @Test func `an answer of the other half is never fitted on`() throws {
        let development = try suite(.development, count: 80)
        let heldOut = try suite(.heldOut, count: 80).gold.map(\.id)
        let other = TakenRun(run: "r", items: heldOut)
        let entries = heldOut.enumerated().map { index, id in
            (step: "each[\(index)]/class", body: body(.string(id), kind: "k"))
        }
        #expect(WeighedField.all(in: development, [(other, entries)]).isEmpty)
        #expect(WeighedField.all(in: try suite(count: 80), [(other, entries)]).first?.answers.count == heldOut.count)
    }
}
