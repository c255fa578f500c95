/// A folder of one control-group hierarchy in which this process may make groups.
///
/// See cgroups(7). Version 1 has a hierarchy a controller, version 2 one for all; a machine may have both, and a
/// controller belongs to one of them.
struct ControlGroupPlace: Hashable, Sendable {
    /// The controllers that a run needs: what they bound, nothing else bounds for a whole tree.
    static let needed = ["memory", "pids", "cpuacct"]

    /// The folder that groups are made in.
    let folder: String
    /// Which of ``needed`` it controls.
    let controllers: [String]
    let isVersion2: Bool

    /// The places for every controller that can be had.
    static func find() -> [ControlGroupPlace] {
        find(
            mounts: HostPath.contents("/proc/self/mountinfo") ?? "",
            groups: HostPath.contents("/proc/self/cgroup") ?? "",
            user: SandboxIdentity.caller, isWritable: HostPath.isWritable, contents: HostPath.contents)
    }

    /// The same from the texts of `mountinfo` and `cgroup` (proc(5)).
    static func find(
        mounts: String, groups: String, user: UInt32, isWritable: (String) -> Bool, contents: (String) -> String?
    ) -> [ControlGroupPlace] {
        let mounts = mounts.split(separator: "\n").compactMap(ControlGroupMount.init)
        let own = OwnControlGroups(groups)
        var places: [ControlGroupPlace] = []
        for mount in mounts.filter(\.isVersion2) {
            guard let place = unified(mount, own.unified, isWritable, contents) else { continue }
            places.append(place)
            break
        }
        var found = Set(places.flatMap(\.controllers))
        for controller in needed where !found.contains(controller) {
            for mount in mounts where mount.controllers.contains(controller) {
                // A group of the operator's making for this user serves where the own group is closed.
                let candidates = [own.byController[controller].flatMap(mount.folder), "\(mount.point)/warrant-\(user)"]
                guard let folder = candidates.compactMap({ $0 }).first(where: isWritable) else { continue }
                let all = needed.filter { mount.controllers.contains($0) && !found.contains($0) }
                places.append(ControlGroupPlace(folder: folder, controllers: all, isVersion2: false))
                found.formUnion(all)
                break
            }
        }
        return places
    }

    /// The nearest group above this process's own that hands its controllers on and may be written to: processes may
    /// not stand in a group that does, so the own one never qualifies while it holds this process.
    private static func unified(
        _ mount: ControlGroupMount, _ own: String?, _ isWritable: (String) -> Bool, _ contents: (String) -> String?
    ) -> ControlGroupPlace? {
        guard let own, var folder = mount.folder(own) else { return nil }
        while folder.hasPrefix(mount.point) {
            let handed = (contents("\(folder)/cgroup.subtree_control") ?? "").split(whereSeparator: \.isWhitespace)
                .map(String.init)
            let controllers = needed.filter(handed.contains)
            if !controllers.isEmpty, isWritable(folder), isWritable("\(folder)/cgroup.procs") {
                // Version 2 accounts for processor time without a controller.
                return ControlGroupPlace(folder: folder, controllers: controllers + ["cpuacct"], isVersion2: true)
            }
            guard folder != mount.point, let slash = folder.lastIndex(of: "/") else { break }
            folder = String(folder[..<slash])
        }
        return nil
    }
}

/// A line of `mountinfo` that mounts control groups.
struct ControlGroupMount: Hashable, Sendable {
    let point: String
    let isVersion2: Bool
    let controllers: Set<String>
    /// The group that is mounted there: `/` outside of containers.
    private let root: String

    init?(_ line: Substring) {
        let halves = line.split(separator: " - ", maxSplits: 1)
        guard halves.count == 2 else { return nil }
        let left = halves[0].split(separator: " ")
        let right = halves[1].split(separator: " ")
        guard left.count > 5, right.count > 2, right[0] == "cgroup" || right[0] == "cgroup2" else { return nil }
        isVersion2 = right[0] == "cgroup2"
        point = String(left[4])
        root = String(left[3])
        controllers = isVersion2 ? [] : Set(right[2].split(separator: ",").map(String.init))
    }

    /// Where a group's folder is, if it lies in what is mounted.
    func folder(_ group: String) -> String? {
        guard root != "/" else { return group == "/" ? point : point + group }
        guard HostPath.isInside(group, folder: root) else { return nil }
        return point + group.dropFirst(root.count)
    }
}

/// Which groups this process is in.
struct OwnControlGroups: Hashable, Sendable {
    private(set) var unified: String?
    private(set) var byController: [String: String] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[1].isEmpty { unified = String(parts[2]) }
            for controller in parts[1].split(separator: ",") { byController[String(controller)] = String(parts[2]) }
        }
    }
}
