#include "node/live/live_feed.hpp"

#include <gtest/gtest.h>

namespace hanse::node {
namespace {

TEST(MayListen, EachTopicNeedsThePermissionOfItsRoute) {
  const api::Caller historian{.id = "token:a", .permissions = {"history.read"}};
  EXPECT_TRUE(may_listen(historian, "samples:7"));
  EXPECT_FALSE(may_listen(historian, "states"));
  EXPECT_FALSE(may_listen(historian, "findings"));
  EXPECT_FALSE(may_listen(historian, "health"));
  const api::Caller reader{.id = "user:b", .permissions = {"plant.read", "apps.read", "connections.read"}};
  EXPECT_FALSE(may_listen(reader, "samples:7"));
  EXPECT_TRUE(may_listen(reader, "states"));
  EXPECT_TRUE(may_listen(reader, "findings"));
  EXPECT_TRUE(may_listen(reader, "health"));
}

TEST(MayListen, ARoleAtOneSiteHearsTheValuesThere) {
  const api::Caller guest{.id = "user:g", .sites = {"hamburg"}};
  const AtItsSite only_seven = [](std::string_view permission, std::uint32_t signal) {
    return permission == "history.read" && signal == 7;
  };
  EXPECT_TRUE(may_listen(guest, "samples:7", only_seven));
  EXPECT_FALSE(may_listen(guest, "samples:8", only_seven));
  EXPECT_FALSE(may_listen(guest, "samples:7x", only_seven));
  EXPECT_FALSE(may_listen(guest, "states", only_seven)) << "tells of all sites";
  EXPECT_FALSE(may_listen(guest, "samples:7"));
}

TEST(MayListen, AnUnknownTopicIsRefused) {
  EXPECT_FALSE(may_listen({.id = "user:root", .permissions = {"history.read", "plant.read", "admin"}}, "secrets"));
}

}  // namespace
}  // namespace hanse::node
