#include "node/opcua/plant_space.hpp"

#include <gtest/gtest.h>

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/model/units.hpp"
#include "connectors/opcua/server/view.hpp"
#include "node/opcua/live_values.hpp"
#include "plant/plant.hpp"

namespace hanse::node {
namespace {

namespace ua = connectors::opcua;
using plant::AssetId;
using ua::NodeId;

plant::Records make_plant() {
  plant::Records records;
  plant::apply(records, plant::Asset{.id = AssetId{"works"}, .name = "Works", .level = plant::Level::site});
  plant::apply(
      records,
      plant::Asset{.id = AssetId{"line-1"}, .name = "Line 1", .level = plant::Level::line, .parent = AssetId{"works"}});
  plant::apply(records, plant::Asset{.id = AssetId{"cnc-07"},
                                     .name = "Mill",
                                     .level = plant::Level::asset,
                                     .parent = AssetId{"line-1"},
                                     .kind = "cnc",
                                     .manufacturer = "Example",
                                     .model = "M 5",
                                     .serial = "4711"});
  return records;
}

void put_signals(signal::Directory& directory) {
  directory.put(
      {{.number = signal::SignalId{3},
        .asset = AssetId{"cnc-07"},
        .name = "spindle_load",
        .unit = "kW",
        .low = 0,
        .high = 40},
       {.number = signal::SignalId{4}, .asset = AssetId{"cnc-07"}, .name = "temperature", .unit = "Cel"},
       {.number = signal::SignalId{5}, .asset = AssetId{"cnc-07"}, .name = "program", .type = signal::ValueType::text},
       {.number = signal::SignalId{6}, .asset = AssetId{"line-1"}, .name = "oee"},
       {.number = signal::SignalId{7}, .asset = AssetId{"nowhere"}, .name = "lost"}});
}

class PlantSpace : public testing::Test {
 protected:
  PlantSpace() {
    put_signals(directory_);
    space_ = plant_space({.application_uri = "urn:here"}, make_plant(), *directory_.snapshot(), keys_);
  }
  const ua::SpaceNode* follow(std::vector<std::pair<std::uint16_t, std::string>> names) const {
    ua::BrowsePath path{.starting_node = ua::ids::kObjects, .elements = {}};
    for (auto& [space, name] : names) {
      path.elements.push_back(
          {.reference_type = ua::ids::kHierarchicalReferences, .target_name = {space, ua::String{std::move(name)}}});
    }
    const auto found = ua::follow_path(*space_, path);
    return found.targets.empty() ? nullptr : space_->find(found.targets[0].target.node);
  }

  StateKeys keys_;
  signal::Directory directory_;
  std::shared_ptr<const ua::AddressSpace> space_;
};

TEST_F(PlantSpace, the_tree_stands_below_plant_with_signals_at_their_place) {
  EXPECT_EQ(space_->space_of(kMachineryNamespace), kMachinerySpace);
  const auto* mill = follow({{2, "Plant"}, {2, "works"}, {2, "line-1"}, {2, "cnc-07"}});
  ASSERT_NE(mill, nullptr);
  EXPECT_EQ(mill->display_name, "Mill");
  const auto* load = follow({{2, "Plant"}, {2, "works"}, {2, "line-1"}, {2, "cnc-07"}, {2, "spindle_load"}});
  ASSERT_NE(load, nullptr);
  EXPECT_EQ(load->id, (NodeId{2, "cnc-07/spindle_load"}));
  EXPECT_EQ(load->live, 3u);
  EXPECT_TRUE(load->data_type.is(ua::ids::kDouble));
  EXPECT_TRUE(space_->at(load->type_definition).id.is(ua::ids::kAnalogItemType));
  EXPECT_TRUE(
      space_->at(space_->find(NodeId{2, "cnc-07/temperature"})->type_definition).id.is(ua::ids::kBaseAnalogType));
  EXPECT_TRUE(space_->find(NodeId{2, "cnc-07/program"})->data_type.is(ua::ids::kString));
  EXPECT_NE(follow({{2, "Plant"}, {2, "works"}, {2, "line-1"}, {2, "oee"}}), nullptr);
  EXPECT_EQ(space_->find(NodeId{2, "nowhere/lost"}), nullptr);
}

TEST_F(PlantSpace, unit_and_range_are_told_as_the_standard_wants_them) {
  const auto* range = space_->find(NodeId{2, "cnc-07/spindle_load#EURange"});
  ASSERT_NE(range, nullptr);
  const auto limits = ua::unwrap<ua::Range>(*std::get<ua::Box<ua::ExtensionObject>>(range->value.value));
  ASSERT_TRUE(limits);
  EXPECT_EQ(limits->high, 40);
  const auto* unit = space_->find(NodeId{2, "cnc-07/temperature#EngineeringUnits"});
  ASSERT_NE(unit, nullptr);
  const auto told = ua::unwrap<ua::EngineeringUnits>(*std::get<ua::Box<ua::ExtensionObject>>(unit->value.value));
  ASSERT_TRUE(told);
  EXPECT_EQ(ua::ucum_of(told->unit_id, {}), "Cel");
  EXPECT_EQ(told->unit_id, 0x43454C) << "CEL, packed";
}

TEST_F(PlantSpace, machines_have_their_nameplate_and_state) {
  const auto* serial = follow({{4, "Machines"}, {2, "cnc-07"}, {3, "Identification"}, {3, "SerialNumber"}});
  ASSERT_NE(serial, nullptr);
  EXPECT_EQ(std::get<ua::String>(serial->value.value), "4711");
  const auto* state = follow({{4, "Machines"}, {2, "cnc-07"}, {4, "MachineryItemState"}, {0, "CurrentState"}});
  ASSERT_NE(state, nullptr);
  const auto first = keys_.of(AssetId{"cnc-07"});
  EXPECT_EQ(state->live, first);
  const auto values = state_values(first, plant::MachineState::producing, {}, kMachinerySpace);
  ASSERT_EQ(values.size(), 3u);
  EXPECT_EQ((*std::get<ua::Box<ua::LocalizedText>>(values[0].second.value.value)).text, "Executing");
  const auto* object = space_->find(std::get<NodeId>(values[1].second.value.value));
  ASSERT_NE(object, nullptr) << "the state's id names a node of this space";
  EXPECT_EQ(object->browse_name.name, "Executing");
  EXPECT_EQ(follow({{4, "Machines"}, {2, "line-1"}}), nullptr) << "a line is no machine";
  keys_.of(AssetId{"another"});
  EXPECT_EQ(keys_.of(AssetId{"cnc-07"}), first) << "keys stay";
}

TEST_F(PlantSpace, every_machine_state_has_a_name_of_the_standard) {
  using enum plant::MachineState;
  const auto name = [](plant::MachineState state) { return machinery_state(state).name; };
  EXPECT_EQ(name(producing), "Executing");
  EXPECT_EQ(name(idle), "NotExecuting");
  EXPECT_EQ(name(setup), "NotExecuting");
  EXPECT_EQ(name(down), "OutOfService");
  EXPECT_EQ(name(planned_stop), "OutOfService");
  EXPECT_EQ(name(offline), "NotAvailable");
}

signal::Sample sample(double value, std::int64_t ns) {
  signal::SampleBatch batch;
  batch.add_real(signal::SignalId{1}, Timestamp{ns}, value);
  return batch.samples[0];
}

TEST(LiveValues, the_newest_counts_and_history_is_no_news) {
  LiveValues values;
  values.watched(true);
  EXPECT_TRUE(values.get(1).status->is_bad()) << "nothing yet";
  values.put(1, opcua_value(sample(5, 2'000), {}, signal::ValueType::real));
  values.put(1, opcua_value(sample(4, 1'000), {}, signal::ValueType::real));
  EXPECT_EQ(std::get<double>(values.get(1).value.value), 5);
  EXPECT_EQ(values.take_changes().size(), 1u);
  EXPECT_TRUE(values.take_changes().empty());
  values.watched(false);
  values.put(1, opcua_value(sample(6, 3'000), {}, signal::ValueType::real));
  EXPECT_TRUE(values.take_changes().empty()) << "nobody watches";
  EXPECT_EQ(std::get<double>(values.get(1).value.value), 6);
}

TEST(LiveValues, a_flood_ends_as_the_newest_of_everything) {
  LiveValues values;
  values.watched(true);
  for (std::size_t i = 0; i < LiveValues::kChangesMax + 10; ++i) {
    values.put(
        static_cast<LiveValues::LiveKey>(i % 2),
        opcua_value(sample(static_cast<double>(i), static_cast<std::int64_t>(i) * 100), {}, signal::ValueType::real));
  }
  const auto changes = values.take_changes();
  ASSERT_EQ(changes.size(), 2u);
  for (const auto& [key, value] : changes) EXPECT_GE(std::get<double>(value.value.value), 500'008);
}

TEST(LiveValues, samples_keep_type_quality_and_null) {
  signal::SampleBatch batch;
  batch.add_integer(signal::SignalId{1}, {}, 7);
  batch.add_text(signal::SignalId{1}, {}, "run", signal::Quality::uncertain);
  batch.add_null(signal::SignalId{1}, {});
  const auto whole = opcua_value(batch.samples[0], {}, signal::ValueType::real);
  EXPECT_EQ(std::get<double>(whole.value.value), 7) << "declared a real";
  EXPECT_EQ(std::get<std::int64_t>(opcua_value(batch.samples[0], {}, signal::ValueType::integer).value.value), 7);
  const auto text = opcua_value(batch.samples[1], "run", signal::ValueType::text);
  EXPECT_EQ(std::get<ua::String>(text.value.value), "run");
  EXPECT_TRUE(text.status->is_uncertain());
  const auto none = opcua_value(batch.samples[2], {}, signal::ValueType::real);
  EXPECT_FALSE(none.has_value);
  EXPECT_TRUE(none.status->is_bad());
}

}  // namespace
}  // namespace hanse::node
