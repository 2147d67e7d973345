#include "node/access/access_fixture.hpp"
#include "node/access/route_matrix.hpp"
#include "node/archive/archive_fixture.hpp"
#include "node/node.hpp"

namespace hanse::node {
namespace {

/// The routes of a whole node, as `hanse serve` serves them.
class WholeRouterTest : public ArchiveFixture {
 protected:
  void SetUp() override {
    ArchiveFixture::SetUp();
    auto opened = Node::open(settings, clock, log, {});
    ASSERT_TRUE(opened) << to_string(opened.error());
    node = *std::move(opened);
  }
  Log log{clock, LogLevel::error, LogFormat::text};
  std::unique_ptr<Node> node;
};

TEST_F(WholeRouterTest, EveryRouteGivesEachRoleWhatTheTableSays) {
  const auto memory = *store::open_store("sqlite::memory:", clock);
  Access access{*memory, clock, log};
  const auto caller_of = [](std::string_view role) {
    return api::Caller{
        .id = "user:" + std::string{role}, .name = std::string{role}, .permissions = permissions_of(role), .sites = {}};
  };

  const auto findings = route_matrix_findings(node->router().routes(), access.permit(), caller_of);

  EXPECT_TRUE(findings.empty()) << fmt::format("{}", fmt::join(findings, "\n"));
  EXPECT_GT(node->router().routes().size(), 60u);
}

}  // namespace
}  // namespace hanse::node
