#include "node/history/foreign_series.hpp"

#include <gtest/gtest.h>

namespace hanse::node {
namespace {

class ForeignSeriesTest : public testing::Test {
 protected:
  SimulatedClock clock{Timestamp{1'700'000'000'000'000'000}};
  std::unique_ptr<store::Store> store = *store::open_store("sqlite::memory:", clock);
  signal::Directory directory;
  std::unique_ptr<plant::Plant> plant = *plant::Plant::open(*store, clock, directory);
  historian::ResolveSeries resolve = foreign_series(*plant);
  const api::Caller engineer{.id = "user:eva", .permissions = {"history.write", "plant.write"}};
  const api::Caller sensor{.id = "token:t1", .permissions = {"history.write"}};

  static historian::ForeignSeries series(std::string asset, std::string name) {
    return {.asset = signal::AssetId{std::move(asset)},
            .name = std::move(name),
            .unit = "Cel",
            .source = "weather,host=x value"};
  }
};

TEST_F(ForeignSeriesTest, AnUnknownSeriesBecomesAnAssetWithASignal) {
  const std::vector all{series("Roof Station", "temperature"), series("Roof Station", "humidity")};
  const auto numbers = resolve(engineer, all);
  ASSERT_TRUE(numbers) << to_string(numbers.error());
  ASSERT_TRUE(plant->records()->asset(plant::AssetId{"roof-station"}));
  const auto* made = directory.snapshot()->find((*numbers)[0]);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->name, "temperature");
  EXPECT_EQ(made->unit, "Cel");
  EXPECT_NE((*numbers)[0], (*numbers)[1]);
}

TEST_F(ForeignSeriesTest, TheSameSeriesIsTheSameSignalForEver) {
  const std::vector all{series("a", "t"), series("a", "t")};
  const auto first = resolve(engineer, all);
  const auto second = resolve(sensor, all);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  EXPECT_EQ((*first)[0], (*first)[1]);
}

TEST_F(ForeignSeriesTest, WhoMayNotChangeThePlantMakesNoSignals) {
  const std::vector all{series("a", "t")};
  const auto refused = resolve(sensor, all);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_EQ(directory.snapshot()->size(), 0u);
}

}  // namespace
}  // namespace hanse::node
