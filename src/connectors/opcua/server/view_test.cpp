#include "connectors/opcua/server/view.hpp"

#include "connectors/opcua/codec/status.hpp"
#include "connectors/opcua/server/standard_nodes.hpp"

namespace hanse::connectors::opcua {
namespace {

AddressSpace make_space() {
  auto space = standard_space({.application_uri = "urn:server", .sessions_max = 7}, {"urn:plant"});
  SpaceNode line{.id = {2, "line"}, .node_class = NodeClass::object, .browse_name = {2, String{"line"}}};
  space.add(line, ids::kObjects, ids::kOrganizes, ids::kBaseObjectType);
  for (int i = 0; i < 5; ++i) {
    const std::string name = "v" + std::to_string(i);
    SpaceNode node{.id = {2, name}, .node_class = NodeClass::variable, .browse_name = {2, String{name}}};
    node.data_type = ids::kDouble;
    space.add(node, NodeId{2, "line"}, ids::kHasComponent, ids::kBaseDataVariableType);
  }
  return space;
}

BrowsePath path(NodeId from, std::vector<std::pair<std::uint16_t, std::string>> names) {
  BrowsePath out{.starting_node = std::move(from), .elements = {}};
  for (auto& [space, name] : names) {
    out.elements.push_back({.reference_type = ids::kHierarchicalReferences,
                            .is_inverse = false,
                            .include_subtypes = true,
                            .target_name = {space, String{std::move(name)}}});
  }
  return out;
}

TEST(View, browses_in_parts_forward_and_back_by_type_and_class) {
  const auto space = make_space();
  BrowseDescription what{.node = {2, "line"}, .reference_type = ids::kHierarchicalReferences};
  auto part = browse(space, {.what = what, .references_max = 2});
  std::size_t seen = part.result.references.size();
  ASSERT_EQ(seen, 2u);
  EXPECT_EQ(part.result.references[0].browse_name.name, "v0");
  EXPECT_TRUE(part.result.references[0].type_definition.node.is(ids::kBaseDataVariableType));
  while (part.rest) {
    part = browse(space, *part.rest);
    seen += part.result.references.size();
  }
  EXPECT_EQ(seen, 5u);
  what.direction = BrowseDirection::inverse;
  const auto above = browse(space, {.what = what}).result.references;
  ASSERT_EQ(above.size(), 1u);
  EXPECT_TRUE(above[0].node.node.is(ids::kObjects));
  EXPECT_FALSE(above[0].is_forward);
  what = {.node = ids::kObjects, .reference_type = ids::kHasComponent};
  EXPECT_TRUE(browse(space, {.what = what}).result.references.empty()) << "objects are organised, not components";
  what = {.node = {2, "line"}, .node_class_mask = static_cast<std::uint32_t>(NodeClass::object_type)};
  const auto types = browse(space, {.what = what}).result.references;
  ASSERT_EQ(types.size(), 1u);
  EXPECT_TRUE(types[0].node.node.is(ids::kBaseObjectType));
}

TEST(View, says_what_cannot_be_browsed) {
  const auto space = make_space();
  EXPECT_EQ(browse(space, {.what = {.node = {2, "nowhere"}}}).result.status, status::kBadNodeIdUnknown);
  EXPECT_EQ(browse(space, {.what = {.node = ids::kObjects, .reference_type = ids::kServer}}).result.status.code,
            0x804C0000);
  BrowseDescription odd{.node = ids::kObjects};
  odd.direction = static_cast<BrowseDirection>(7);
  EXPECT_EQ(browse(space, {.what = odd}).result.status.code, 0x804D0000);
}

TEST(View, follows_paths_of_names) {
  const auto space = make_space();
  const auto found = follow_path(space, path(ids::kObjects, {{2, "line"}, {2, "v3"}}));
  ASSERT_EQ(found.targets.size(), 1u);
  EXPECT_EQ(found.targets[0].target.node, (NodeId{2, "v3"}));
  EXPECT_EQ(found.targets[0].remaining_path_index, BrowsePathTarget::kComplete);
  EXPECT_EQ(follow_path(space, path(ids::kObjects, {{0, "Server"}, {0, "NamespaceArray"}})).targets.size(), 1u);
  EXPECT_EQ(follow_path(space, path(ids::kObjects, {{1, "line"}})).status.code, 0x806F0000) << "another namespace";
  EXPECT_EQ(follow_path(space, path({2, "gone"}, {{2, "v3"}})).status, status::kBadNodeIdUnknown);
  EXPECT_EQ(follow_path(space, path(ids::kObjects, {})).status, status::kBadNothingToDo);
  EXPECT_EQ(follow_path(space, path(ids::kObjects, {{2, ""}})).status.code, 0x80600000);
}

TEST(View, attributes_are_those_of_the_class) {
  const auto space = make_space();
  const auto read = [&](const NodeId& id, std::uint32_t attribute) {
    return read_attribute(*space.find(id), attribute);
  };
  EXPECT_EQ(std::get<NodeId>(read({2, "v1"}, 14).value.value), NodeId{ids::kDouble});
  EXPECT_EQ(std::get<std::uint8_t>(read({2, "v1"}, 17).value.value), 1) << "to be read, not written";
  EXPECT_EQ(read(ids::kObjects, 14).status->code, 0x80350000u);
  EXPECT_EQ(read({2, "v1"}, 12).status->code, 0x80350000u);
  EXPECT_TRUE(std::get<bool>(read(33, 8).value.value)) << "HierarchicalReferences is abstract";
  EXPECT_EQ(std::get<std::uint32_t>(space.find(24095)->value.value), 7u);
  for (std::uint32_t attribute = 0; attribute < 40; ++attribute) (void)read({2, "v1"}, attribute);
}

TEST(View, every_node_of_the_standard_tree_is_reached_from_the_root) {
  const auto space = make_space();
  std::vector<std::uint32_t> open{*space.position(ids::kRoot)};
  std::set<std::uint32_t> seen{open[0]};
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    for (const auto& reference : space.at(at).references) {
      const bool down =
          reference.forward && (space.is_reference_type(reference.type, ids::kHierarchicalReferences, true));
      if (down && seen.insert(reference.node).second) open.push_back(reference.node);
    }
  }
  EXPECT_EQ(seen.size(), space.size());
}

}  // namespace
}  // namespace hanse::connectors::opcua
