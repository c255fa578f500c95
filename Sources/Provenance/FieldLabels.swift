/// The labels of one JSON value, field by field.
///
/// There is a label for the whole and there are patterns, JSON pointers in which `*` stands for any element or member,
/// with labels of their own. The longest pattern that leads to a field, or to something it is part of, gives the field's
/// label; of two equally long ones the one that names more from the left.
///
/// A *trail* is a source whose pointer grows on the way to a field: with the trail `found (issue.find)` the label of
/// `/rows/0/id` names the source `found (issue.find) /rows/0/id`.
///
/// Every operation errs to the stricter side: what ``merged(with:)`` and ``joined(with:)`` give for a field is never
/// looser than what either side gives for it.
public struct FieldLabels<Element: JoinableLabel>: Hashable, Sendable {
    /// The label of every field that no pattern speaks about, without the trails.
    public private(set) var whole: Element
    /// The sources of the whole, whose pointers grow.
    public private(set) var trails: Set<Source>
    /// Whether ``whole`` was said about this very value, or only about something it is part of.
    private var isStated: Bool
    private var members: [String: Branch] = [:]

    /// Stands for any element or member in a pattern.
    public static var anyMember: String { "*" }

    /// What is said about one field and what lies below it.
    fileprivate struct Branch: Hashable, Sendable {
        var label: Element?
        /// Whether the label was said about this field, or only about what nothing is said about below it.
        var isStated = true
        var trails: Set<Source> = []
        var members: [String: Branch] = [:]
    }

    /// The same label for every field.
    ///
    /// `trails`: sources whose pointers name each field; `label` need not have them.
    public init(_ label: Element, trails: Set<Source> = []) {
        whole = label
        self.trails = trails
        isStated = false
    }

    /// The labels of an object, or of a list with its indexes as names, that is put together from labelled values.
    ///
    /// `whole` is for fields that are not among `members`.
    public init(_ whole: Element, members: [(name: String, labels: FieldLabels)]) {
        self.init(whole)
        for (name, labels) in members {
            self.members[name] = labels.branch
        }
    }

    /// The labels of a list whose elements all have these.
    public init(_ whole: Element, elements: FieldLabels) {
        self.init(whole, members: [(Self.anyMember, elements)])
        // How long the list is, is told by the list and not by its elements.
        isStated = true
    }

    /// Whether every field has the same label.
    public var isUniform: Bool { members.isEmpty }

    /// Says that the fields at `pattern` have this label. An empty pattern is the whole value.
    public mutating func set(_ label: Element, at pattern: [String], trails: Set<Source> = []) {
        guard let first = pattern.first else {
            whole = label
            isStated = true
            self.trails.formUnion(trails)
            return
        }
        members[first, default: Branch()].set(label, at: pattern.dropFirst(), trails: trails)
    }

    /// Says that there is a field at `pattern`, without a label of its own: it counts when the whole is asked for.
    public mutating func mention(_ pattern: [String]) {
        guard let first = pattern.first else { return }
        members[first, default: Branch()].mention(pattern.dropFirst())
    }

    /// The labels of one member or element.
    public func member(_ token: String) -> FieldLabels {
        var result = FieldLabels(whole, trails: Set(trails.map { $0.appending(token) }))
        let named = members[token]
        let any = token == Self.anyMember ? nil : members[Self.anyMember]
        guard let branch = named.map({ named in any.map { named.over($0) } ?? named }) ?? any else { return result }
        if let label = branch.label {
            result.whole = label
            result.isStated = branch.isStated
        }
        result.trails.formUnion(branch.trails)
        result.members = branch.members
        return result
    }

    /// The labels of what a pointer names.
    public func at(_ pointer: some Sequence<String>) -> FieldLabels {
        pointer.reduce(self) { $0.member($1) }
    }

    /// The label of the value as one: the join over everything in it, with the sources of the trails.
    public var label: Element {
        var result = members.isEmpty || isStated ? whole : nil
        for below in Branch.labels(of: members, inheriting: whole) { result = result?.joined(with: below) ?? below }
        return trails.reduce(result ?? whole) { $0.adding($1) }
    }

    /// The labels of a value that is one of two, or made element by element from both.
    public func merged(with other: FieldLabels) -> FieldLabels {
        var result = FieldLabels(whole.joined(with: other.whole), trails: trails.union(other.trails))
        // A side that says nothing about parts has said what it has to say about the whole.
        result.isStated = isStated || other.isStated || isUniform || other.isUniform
        let (left, right) = (withoutTrails, other.withoutTrails)
        for name in Set(members.keys).union(other.members.keys) {
            let both = left.member(name).merged(with: right.member(name))
            result.members[name] = both.branch
        }
        return result
    }

    /// The same with every label joined with `label`.
    public func joined(with label: Element) -> FieldLabels {
        map { $0.joined(with: label) }
    }

    /// The same with every label changed. `transform` must not loosen a label.
    public func map(
        _ transform: (Element) -> Element, trails changed: (Set<Source>) -> Set<Source> = { $0 }
    ) -> FieldLabels {
        var result = self
        result.whole = transform(whole)
        result.trails = changed(trails)
        result.members = members.mapValues { $0.map(transform, changed) }
        return result
    }

    private var branch: Branch {
        Branch(label: whole, isStated: isStated, trails: trails, members: members)
    }

    /// The same without the trails of the whole.
    private var withoutTrails: FieldLabels {
        var result = self
        result.trails = []
        return result
    }

    /// Everything that is said, in a fixed order, the whole value first. ``init(statements:)`` reads it.
    public var statements: [Statement] {
        [Statement(pattern: [], label: whole, trails: trails, isStated: isStated)]
            + Branch.statements(members, below: [])
    }

    /// The labels of which `statements` were made; nil where nothing is said about the whole value.
    public init?(statements: [Statement]) {
        guard let first = statements.first(where: { $0.pattern.isEmpty }), let label = first.label else { return nil }
        self.init(label, trails: first.trails)
        isStated = first.isStated
        for statement in statements where !statement.pattern.isEmpty {
            members[statement.pattern[0], default: Branch()].put(statement, at: statement.pattern.dropFirst())
        }
    }
}

extension FieldLabels.Branch {
    fileprivate mutating func set(_ label: Element, at pattern: ArraySlice<String>, trails: Set<Source>) {
        guard let first = pattern.first else {
            self.label = label
            isStated = true
            self.trails.formUnion(trails)
            return
        }
        members[first, default: Self()].set(label, at: pattern.dropFirst(), trails: trails)
    }

    fileprivate mutating func mention(_ pattern: ArraySlice<String>) {
        guard let first = pattern.first else { return }
        members[first, default: Self()].mention(pattern.dropFirst())
    }

    fileprivate mutating func put(_ statement: FieldLabels.Statement, at pattern: ArraySlice<String>) {
        guard let first = pattern.first else {
            label = statement.label
            isStated = statement.isStated
            trails = statement.trails
            return
        }
        members[first, default: Self()].put(statement, at: pattern.dropFirst())
    }

    fileprivate static func statements(_ members: [String: Self], below path: [String]) -> [FieldLabels.Statement] {
        members.keys.sorted().flatMap { name -> [FieldLabels.Statement] in
            guard let branch = members[name] else { return [] }
            let pattern = path + [name]
            let own = FieldLabels.Statement(
                pattern: pattern, label: branch.label, trails: branch.trails, isStated: branch.isStated)
            let says = branch.label != nil || !branch.trails.isEmpty || branch.members.isEmpty
            return (says ? [own] : []) + statements(branch.members, below: pattern)
        }
    }

    /// This branch where it says something, else `other`.
    fileprivate func over(_ other: Self) -> Self {
        Self(
            label: label ?? other.label, isStated: label == nil ? other.isStated : isStated,
            trails: trails.union(other.trails),
            members: members.merging(other.members) { $0.over($1) })
    }

    /// The label of each of `members` as a whole.
    fileprivate static func labels(of members: [String: Self], inheriting parent: Element) -> [Element] {
        let any = members[FieldLabels.anyMember]
        return members.map { name, branch in
            let whole = name == FieldLabels.anyMember ? branch : any.map { branch.over($0) } ?? branch
            return whole.joined(inheriting: parent)
        }
    }

    fileprivate func joined(inheriting parent: Element) -> Element {
        let own = label ?? parent
        var result = members.isEmpty || label != nil && isStated ? own : nil
        for below in Self.labels(of: members, inheriting: own) { result = result?.joined(with: below) ?? below }
        return trails.reduce(result ?? own) { $0.adding($1) }
    }

    fileprivate func map(_ transform: (Element) -> Element, _ changed: (Set<Source>) -> Set<Source>) -> Self {
        Self(
            label: label.map(transform), isStated: isStated, trails: changed(trails),
            members: members.mapValues { $0.map(transform, changed) })
    }
}

/// The labels of a value's fields.
public typealias LabelMap = FieldLabels<Label>
