/// Tells a sentence that orders or advises something, such as "check the fan" or "if it is hot, let it cool down", from
/// one that explains. What neither this nor a heading settles is left to a model.
enum OrderWords {
    /// How many words are looked at for an order behind a condition.
    private static let frontLimit = 100

    /// The verb of the order with which a sentence, or what follows its condition or purpose, begins.
    static func order(in sentence: String) -> String? {
        let words = plain(sentence).split(whereSeparator: \.isWhitespace).prefix(frontLimit)
        if let verb = opening(words) { return verb }
        guard let front = words.firstIndex(where: { hasLetter($0) && !adverbs.contains(bare($0)) }),
            fronts.contains(bare(words[front]))
        else { return nil }
        for index in words.indices.dropLast() where index >= front {
            let word = words[index]
            // A short phrase of place or occasion often has no comma: "in rare cases restart it".
            let isShort = (1...3).contains(index - front) && places.contains(bare(words[front])) && word.hasSuffix("s")
            let isEnd = word.hasSuffix(",") || word.hasSuffix(":") || word == "then"
            if isEnd || isShort, let verb = opening(words[(index + 1)...]) { return verb }
        }
        return nil
    }

    /// Whether a sentence begins with an order.
    static func isOrder(_ sentence: String) -> Bool {
        order(in: sentence) != nil
    }

    /// Whether a sentence offers or advises something to do: "you can also open it", "it is best to wait", "the belt should
    /// be replaced".
    static func isAdvice(_ sentence: String) -> Bool {
        let words = plain(sentence).split(whereSeparator: \.isWhitespace).map(bare).filter { !$0.isEmpty }
        return words.indices.dropLast().contains { advises(words, at: $0) }
    }

    /// What the verb of an order says of the step, where no heading does.
    static func kind(of verb: String, afterChange: Bool) -> RunbookSegment.Role {
        if verb == "escalate" { return .escalate }
        if proofs.contains(verb) { return afterChange ? .verify : .diagnose }
        return looks.contains(verb) ? .diagnose : .mitigate
    }

    /// The first word, but for some like "then" and "please", where it is an order and no noun: "check the fan", and not
    /// "check of the fan".
    private static func opening(_ words: ArraySlice<Substring>) -> String? {
        let rest = words.drop { adverbs.contains(bare($0)) || !hasLetter($0) }
        guard let verb = rest.first?.lowercased(), orders.contains(verb) else { return nil }
        guard let second = rest.dropFirst().first else { return verb }
        return afterNouns.contains(bare(second)) ? nil : verb
    }

    private static func advises(_ words: [String], at index: Int) -> Bool {
        let word = words[index]
        let next = words[index + 1]
        if word == "you" { return offers(words[(index + 1)...]) }
        let behind = words[(index + 2)...].first { !betweens.contains($0) } ?? ""
        if next == "to", judgements.contains(word) { return orders.contains(behind) }
        guard next == "be", participles.contains(behind) else { return false }
        return duties.contains(word) || (word == "to" && index > 0 && wants.contains(words[index - 1]))
    }

    /// Whether words behind "you" say that it can or has to do something.
    private static func offers(_ words: ArraySlice<String>) -> Bool {
        var rest = words
        var isOffer = false
        while let word = rest.first {
            if modals.contains(word) {
                isOffer = true
            } else if wants.contains(word), rest.dropFirst().first == "to" {
                isOffer = true
                rest = rest.dropFirst()
            } else if !betweens.contains(word) {
                break
            }
            rest = rest.dropFirst()
        }
        return isOffer && orders.contains(rest.first ?? "")
    }

    /// The sentence with each piece of code as one word, and without marks, parentheses and the addresses of links.
    private static func plain(_ sentence: String) -> String {
        var text = ""
        var isCode = false
        var depth = 0
        for character in sentence {
            switch character {
            case "`":
                if !isCode, depth == 0 { text.append("x") }
                isCode.toggle()
            case _ where isCode: break
            case "(": depth += 1
            case ")": depth = max(0, depth - 1)
            case "[", "]", "*": break
            default:
                if depth == 0 { text.append(character) }
            }
        }
        return text
    }

    private static func hasLetter(_ word: Substring) -> Bool {
        word.contains { $0.isLetter }
    }

    private static func bare(_ word: Substring) -> String {
        word.lowercased().filter { $0.isLetter || $0 == "'" }
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    /// What may stand before an order.
    private static let adverbs = words(
        """
        then next now first second third finally also and or but so otherwise please afterwards instead lastly again simply
        just manually always carefully immediately
        """)

    /// What a clause in front of an order begins with.
    private static let fronts = words(
        """
        if when whenever once after before while in as to for on from depending unless until where with at under by due
        because only since given assuming during without
        """)

    /// Those of them that may begin a phrase without a comma.
    private static let places = words("in on at for")

    private static let modals = words("can could should may might must")
    private static let wants = words("need needs has have want")
    private static let duties = words("should must can could")
    private static let betweens = words("also then just simply first now always manually directly even still either")

    /// What stands before "to" and a verb in advice.
    private static let judgements = words("best better easiest safest advisable recommended necessary idea is")

    /// Orders that look and change nothing.
    private static let looks = words(
        """
        access analyse analyze assess check collect compare count determine enter estimate examine fetch find gather get
        identify inspect investigate list locate log login look measure monitor observe open ping query read review search
        show test trace view watch
        """)

    /// Orders that look before a change, and prove it after one.
    private static let proofs = words("confirm ensure recheck validate verify")

    /// What stands behind a noun and not behind an order.
    private static let afterNouns = words(
        """
        is are was were of can may will has have had should must does could would might needs need
        """)

    /// Verbs of work on machines and with people, as an order has them.
    private static let orders = words(
        """
        access acknowledge activate adapt add adjust align allow analyse analyze append apply approve archive ask assess
        assign attach back block boot bring browse build bypass calculate call cancel capture change charge check choose
        clean clear close collect compare compress configure confirm connect contact continue convert copy cordon correct
        count create cut deactivate debug decrease defragment delete deploy detach determine disable disconnect discuss
        drain drop dump edit eject empty enable ensure enter erase escalate establish estimate evict examine execute expand
        export extend fail fetch fill filter find fix flush follow force format free gather generate get give go grant halt
        hold identify import increase inform insert inspect install investigate isolate issue kill label let limit list
        load locate lock log login look lower make mark measure merge migrate monitor mount move navigate notify observe
        obtain open order paste patch pause perform ping place plan power prepare press prevent print promote provide
        provision prune publish pull purge push put query read rebalance reboot rebuild recheck reconfigure reconnect record
        recover recreate redeploy redo reduce reload remount remove rename renew repair repeat replace replicate replay
        report request reschedule reseat reserve reset resize resolve restart restore resume retry return revert review
        revoke rewrite roll rollback rotate run save scale scan schedule search select send separate set shift show shrink
        shut shutdown silence split start stop store submit switch swap synchronise synchronize take talk tell test throttle
        tighten trace track transfer trigger truncate try tune turn type uncordon undo uninstall unload unlock unmount
        unplug unset update upgrade upload use vacuum validate verify view wait warn watch wipe write
        """)

    /// The participles of the orders. What "can be used" and "can be found" is described, and no one is advised.
    private static let participles: Set<String> = Set(orders.flatMap(forms)).subtracting(["used", "found"])

    private static func forms(_ verb: String) -> [String] {
        if let form = irregular[verb] { return [form] }
        guard let last = verb.last else { return [] }
        if last == "e" { return [verb + "d"] }
        let isConsonant = !"aeiou".contains(verb.dropLast().last ?? "a")
        if last == "y", isConsonant { return [String(verb.dropLast()) + "ied"] }
        return [verb + "ed", "\(verb)\(last)ed"]
    }

    private static let irregular = [
        "put": "put", "set": "set", "cut": "cut", "shut": "shut", "reset": "reset", "let": "let", "split": "split",
        "read": "read", "run": "run", "take": "taken", "tell": "told", "send": "sent", "make": "made", "give": "given",
        "hold": "held", "write": "written", "rewrite": "rewritten", "bring": "brought", "build": "built",
        "rebuild": "rebuilt", "get": "got", "show": "shown", "undo": "undone", "redo": "redone", "choose": "chosen",
        "find": "found", "shrink": "shrunk",
    ]
}
