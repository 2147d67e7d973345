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

TEST(MayListen, AnUnknownTopicIsRefused) {
  EXPECT_FALSE(may_listen({.id = "user:root", .permissions = {"history.read", "plant.read", "admin"}}, "secrets"));
}

}  // namespace
}  // namespace hanse::node
