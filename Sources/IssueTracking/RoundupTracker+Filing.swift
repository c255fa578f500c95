import Databases
import Foundation
import JSONSchemas
import WebAddresses

extension RoundupTracker {
    /// What the server knows of an effect.
    private enum Trace {
        case nothing
        /// The text is there, and the address it may be filed through.
        case message(Int, token: String)
        case filed(Int)
    }

    private static let message = "/rest/data/msg"

    func file(_ draft: IssueDraft, as marker: EffectMarker) async throws(TrackerError) -> Issue {
        try identity.check(project: draft.project)
        var waiting = try client.begin()
        let labels = try await labelIDs(draft.labels, within: &waiting)
        // A token may be used up or run out; that happens once, unless somebody else uses the tokens.
        var refusals = 0
        /// Whether the server may have filed it already.
        var isBegun = false
        while true {
            let known: Trace
            do throws(TrackerError) {
                known = try await trace(marker, within: &waiting)
            } catch {
                throw isBegun ? client.inDoubt(error) : error
            }
            switch known {
            case .filed(let id): return try await changed(id, in: draft.project, within: &waiting)
            case .nothing: try await leaveMessage(draft.body, as: marker, within: &waiting)
            case .message(let message, let token):
                do throws(TrackerClient.Failure) {
                    let answer = try await client.send(
                        "POST", "/rest/data/issue/@poe/\(TrackerClient.escaped(token))",
                        body: [
                            "title": .string(draft.title), "messages": [.string(String(message))],
                            labelField: .array(labels.map { .string(String($0)) }),
                        ])
                    // The status says that it is filed; an answer without a number is looked up.
                    guard let id = answer.json["data"].flatMap(Self.number) else {
                        throw .lost("its answer isn't that of a Roundup server")
                    }
                    return Issue(
                        id: id, project: draft.project, title: draft.title, body: draft.body, labels: draft.labels,
                        url: "\(client.base.origin)\(client.base.rest)/issue\(id)")
                } catch {
                    guard case .refused(let status, let reason) = error else {
                        // Whether it arrived or not: the address is good for one issue, so sending again is safe.
                        isBegun = true
                        try await client.pause(after: error, within: &waiting)
                        continue
                    }
                    guard status == 400, reason.contains("POE"), refusals < 2 else {
                        let refusal = await client.refusal(status, reason)
                        throw isBegun ? client.inDoubt(refusal) : refusal
                    }
                    refusals += 1
                    // Used up: the issue is there in a moment. Run out: it can't come any more, so a new address is due.
                    try await client.pause(after: error, within: &waiting)
                    do throws(TrackerError) {
                        if case .message = try await trace(marker, within: &waiting) {
                            try await leaveMessage(draft.body, as: marker, within: &waiting)
                        }
                    } catch {
                        throw client.inDoubt(error)
                    }
                }
            }
        }
    }

    func issue(filedAs marker: EffectMarker, in project: String) async throws(TrackerError) -> Issue? {
        var waiting = try client.begin()
        guard case .filed(let id) = try await trace(marker, within: &waiting) else { return nil }
        return try await changed(id, in: project, within: &waiting)
    }

    func comment(
        _ body: String, on id: Int, in project: String, as marker: EffectMarker
    ) async throws(TrackerError) -> Int {
        try identity.check(project: project)
        var waiting = try client.begin()
        while true {
            let (comment, isAttached) = try await comment(marker, on: id, within: &waiting)
            if let comment {
                if !isAttached {
                    try await change(id, "add", ["messages": [.string(String(comment))]], within: &waiting)
                }
                return comment
            }
            try await leaveMessage(body, as: marker, within: &waiting)
        }
    }

    func comment(filedAs marker: EffectMarker, on id: Int, in project: String) async throws(TrackerError) -> Int? {
        var waiting = try client.begin()
        let (comment, isAttached) = try await comment(marker, on: id, within: &waiting)
        return isAttached ? comment : nil
    }

    private func comment(
        _ marker: EffectMarker, on id: Int, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> (id: Int?, isAttached: Bool) {
        let issue = try await client.ask("GET", "/rest/data/issue/\(id)", within: &waiting)
        let attached = issue.json["data"]?["attributes"]?["messages"]?.arrayValue?.compactMap(Self.number) ?? []
        let messages = try await messages(of: marker, within: &waiting).map(\.id)
        if let known = messages.first(where: attached.contains) { return (known, true) }
        return (messages.max(), false)
    }

    private func messageID(_ marker: EffectMarker) -> String { "<\(marker.effect)@warrant.invalid>" }

    private func messages(
        of marker: EffectMarker, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> [(id: Int, token: String)] {
        let answer = try await client.ask(
            "GET", Self.message,
            query: [("messageid:", messageID(marker)), ("@verbose", "2"), ("@fields", "messageid,inreplyto")],
            within: &waiting)
        // The answer is from outside: only what really carries the marker counts.
        return try rows(answer).compactMap { row in
            guard row["messageid"]?.stringValue == messageID(marker), let id = Self.number(row) else { return nil }
            return (id, row["inreplyto"]?.stringValue.flatMap(Self.token) ?? "")
        }
    }

    private func trace(
        _ marker: EffectMarker, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) -> Trace {
        let messages = try await messages(of: marker, within: &waiting)
        guard let newest = messages.max(by: { $0.id < $1.id }) else { return .nothing }
        let answer = try await client.ask(
            "GET", "/rest/data/issue",
            query: [("messages", messages.map { String($0.id) }.joined(separator: ","))], within: &waiting)
        if let id = try rows(answer).compactMap(Self.number).min() { return .filed(id) }
        return .message(newest.id, token: newest.token)
    }

    /// Stores a text with its marker and a fresh address to file an issue through. Once it is there it is found again;
    /// a text that is there twice is filed once.
    private func leaveMessage(
        _ text: String, as marker: EffectMarker, within waiting: inout TrackerClient.Waiting
    ) async throws(TrackerError) {
        let address = try await client.ask(
            "POST", "/rest/data/issue/@poe", body: ["lifetime": 3600], within: &waiting)
        guard let token = address.json["data"]?["link"]?.stringValue?.split(separator: "/").last,
            token.utf8.count <= 200, token.utf8.allSatisfy(Self.isTokenByte)
        else { throw strange }
        do throws(TrackerClient.Failure) {
            _ = try await client.send(
                "POST", Self.message,
                body: [
                    "content": .string(text), "messageid": .string(messageID(marker)), "author": .string(user),
                    "date": .string(Self.timeStyle.format(Date())),
                    "inreplyto": .string("<\(token)@poe.warrant.invalid>"),
                ])
        } catch {
            if case .refused(let status, let reason) = error { throw await client.refusal(status, reason) }
            try await client.pause(after: error, within: &waiting)
        }
    }

    private static func token(_ field: String) -> String? {
        guard field.hasPrefix("<"), let end = field.firstIndex(of: "@") else { return nil }
        let token = field[..<end].dropFirst()
        return token.utf8.allSatisfy(isTokenByte) ? String(token) : nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
    }

    /// `2026-11-24.04:00:00`, UTC.
    private static let timeStyle = Date.VerbatimFormatStyle(
        format:
            "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits).\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
        timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
}
