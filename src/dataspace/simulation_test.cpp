#include <algorithm>

#include "dataspace/amendment.hpp"
#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/test_network.hpp"

// A model check by simulation: nodes in one process, virtual time, messages lost, doubled, reordered, nodes killed.
// Each seed is one history; `--gtest_repeat=N --gtest_random_seed=S` runs more of them.

namespace hanse::dataspace {
namespace {

using enum MessageType;

constexpr int kSeeds = 12;
constexpr int kUsesAllowed = 3;
const store::Actor kPerson{"user:person"}, kSecond{"user:second"};

class World {
 public:
  explicit World(std::uint64_t seed) : random(seed), signed_keys(seed % 2 == 0) {
    const auto count = random.integer(2, 4);
    for (int i = 0; i < count; ++i)
      nodes.push_back(std::make_unique<TestNode>(network, "node" + std::to_string(i), network.clock));
    for (auto& a : nodes) {
      for (auto& b : nodes) {
        if (a != b) a->know(*b, signed_keys ? IdentityMode::signed_key : IdentityMode::token);
      }
      EXPECT_TRUE(a->catalogue->put(kPerson, OfferTemplate{.id = "thrice",
                                                           .name = "x",
                                                           .partners = {},
                                                           .groups = {},
                                                           .terms = {.count = kUsesAllowed},
                                                           .rules = {},
                                                           .text = {}}));
      EXPECT_TRUE(a->catalogue->put(
          kPerson, Dataset{.id = "data", .title = "data", .description = {}, .source = "data", .offer = "thrice"}));
    }
  }

  TestNode& any() { return *nodes[static_cast<std::size_t>(random.integer(0, std::ssize(nodes) - 1))]; }

  /// One thing that a person, the network or fate does.
  void act() {
    auto& node = any();
    const auto dice = random.uniform();
    if (dice < 0.08) {
      negotiate(node);
    } else if (dice < 0.16) {
      transfer(node);
    } else if (dice < 0.24) {
      fetch(node);
    } else if (dice < 0.26) {
      end_something(node);
    } else if (dice < 0.27) {
      revoke(node);
    } else if (dice < 0.275) {
      amend(node);
    } else if (dice < 0.285) {
      decide_amendment(node);
    } else if (dice < 0.305) {
      node.restart();
    } else {
      carry_something();
    }
  }

  void carry_something() {
    if (network.letters.empty()) {
      network.step(10min);
      return;
    }
    const auto at = random.integer(0, std::ssize(network.letters) - 1);
    const auto letter = network.letters[static_cast<std::size_t>(at)];
    network.letters.erase(network.letters.begin() + at);
    Outcome outcome{.status = 0, .body = {}, .error = "lost"};
    const bool request_lost = random.chance(0.15), answer_lost = random.chance(0.15), twice = random.chance(0.1);
    if (!request_lost) outcome = network.carry(letter.message);
    // The sender hears the answer to the first; the copy finds its token used.
    if (!request_lost && twice) (void)network.carry(letter.message);
    if (answer_lost) outcome = {.status = 0, .body = {}, .error = "the answer was lost"};
    if (random.chance(0.02)) return letter.from->restart();  // killed before it heard of it
    letter.from->connector->settle(letter.message.id, outcome);
  }

  void negotiate(TestNode& node) {
    auto& other = any();
    if (&other == &node) return;
    const auto seen = other.catalogue->visible(*other.partners->confirmed(node.name), "data");
    ASSERT_TRUE(seen);
    ASSERT_TRUE(node.connector->request_negotiation(kPerson, {.partner = other.name,
                                                              .dataset = "data",
                                                              .offer_id = seen->offer_id,
                                                              .offer = seen->offer_json,
                                                              .address = {}}));
  }

  std::optional<Agreement> some_agreement(TestNode& node, Side side) {
    auto all = *node.connector->agreements().all();
    std::erase_if(all, [&](const auto& stored) { return stored.record.side != side; });
    if (all.empty()) return std::nullopt;
    return all[static_cast<std::size_t>(random.integer(0, std::ssize(all) - 1))].record;
  }
  std::optional<Process> some_process(TestNode& node, ProcessKind kind) {
    auto all = *node.connector->processes().all();
    std::erase_if(all, [&](const auto& stored) { return stored.record.kind != kind || is_final(stored.record.state); });
    if (all.empty()) return std::nullopt;
    return all[static_cast<std::size_t>(random.integer(0, std::ssize(all) - 1))].record;
  }

  void transfer(TestNode& node) {
    if (const auto agreement = some_agreement(node, Side::consumer)) {
      (void)node.connector->request_transfer(
          kPerson, {.agreement = agreement->id, .format = std::string{kPull}, .data_address = {}, .address = {}});
    }
  }

  /// The invariant at the moment that counts: data come out only under an agreement in force, and never once too often.
  void fetch(TestNode& node) {
    const auto process = some_process(node, ProcessKind::transfer);
    if (!process || process->side != Side::consumer || !process->data_address) return;
    const auto& address = *process->data_address;
    auto& provider = *network.nodes.at(origin_of(address.endpoint));
    const auto answer = provider.call({.id = "x",
                                       .partner = "x",
                                       .method = "GET",
                                       .url = address.endpoint,
                                       .authorization = "Bearer " + address.properties.at("authorization"),
                                       .body = {}});
    if (answer.status != 200) return;
    const auto agreement = provider.connector->agreements().get(process->agreement);
    ASSERT_TRUE(agreement);
    EXPECT_EQ(agreement->record.status, AgreementStatus::in_force);
    EXPECT_LE(provider.connector->meters().get(process->agreement)->record.uses, kUsesAllowed);
    // Over all versions: an amendment changes what is allowed from then on, not what was used.
    const auto versions = AmendmentBook{*provider.connector}.versions(process->agreement);
    ASSERT_TRUE(versions);
    EXPECT_LE(++served[versions->front().id], kUsesAllowed);
  }

  void end_something(TestNode& node) {
    const auto kind = random.chance(0.5) ? ProcessKind::negotiation : ProcessKind::transfer;
    const auto process = some_process(node, kind);
    if (!process || process->peer_pid.empty()) return;
    const auto message = kind == ProcessKind::negotiation ? negotiation_termination
                         : random.chance(0.3)             ? transfer_suspension
                         : random.chance(0.5)             ? transfer_completion
                                                          : transfer_termination;
    (void)node.connector->act(kPerson, process->id, {.message = message, .code = "1", .reason = {"a whim"}});
  }

  void revoke(TestNode& node) {
    if (const auto agreement = some_agreement(node, Side::provider))
      (void)node.connector->revoke(kPerson, agreement->id, "a whim");
  }

  void amend(TestNode& node) {
    const auto agreement = some_agreement(node, random.chance(0.5) ? Side::provider : Side::consumer);
    if (!agreement) return;
    AmendmentBook book{*node.connector};
    const Terms terms{.purposes = {"p" + std::to_string(random.integer(0, 9))}, .count = kUsesAllowed};
    const auto draft =
        book.draft(kPerson, {.agreement = agreement->id, .rules = {'{' + write_rules(terms) + '}'}, .reason = "x"});
    if (draft) (void)book.approve(kSecond, draft->id);
  }

  void decide_amendment(TestNode& node) {
    AmendmentBook book{*node.connector};
    const auto all = *book.amendments().all();
    for (const auto& stored : all) {
      const auto& amendment = stored.record;
      if (amendment.status != AmendmentStatus::received) continue;
      if (random.chance(0.3)) {
        (void)book.decline(kPerson, amendment.id, "a whim");
      } else if (book.approve(kPerson, amendment.id)) {
        (void)book.approve(kSecond, amendment.id);
      }
      return;
    }
  }

  /// At most one version is in force, and where the two hold the same one they hold it in the same state.
  void check_versions(TestNode& node, TestNode& other, const Agreement& ours) {
    const auto versions = AmendmentBook{*node.connector}.versions(ours.id);
    ASSERT_TRUE(versions);
    EXPECT_LE(std::ranges::count(*versions, AgreementStatus::in_force, &Agreement::status), 1);
    const auto theirs = other.connector->agreements().find(ours.id);
    if (ours.status != AgreementStatus::in_force || !*theirs || !signed_keys) return;
    EXPECT_EQ((*theirs)->record.status, AgreementStatus::in_force)
        << node.name << " holds version " << ours.version << " in force, " << other.name
        << " doesn't: " << (*theirs)->record.status_reason;
  }

  void check_end() {
    for (auto& node : nodes) EXPECT_EQ(node->connector->outbox_size(), 0U) << node->name;
    for (auto& node : nodes) {
      const auto agreements = *node->connector->agreements().all();
      const auto processes = *node->connector->processes().all();
      for (const auto& stored : agreements) {
        const auto& ours = stored.record;
        auto& other =
            *std::ranges::find(nodes, ours.partner, [](const auto& n) -> const std::string& { return n->name; })->get();
        check_versions(*node, other, ours);
        const auto theirs = other.connector->agreements().find(ours.id);
        if (*theirs) {
          EXPECT_EQ(*canonical_json(ours.policy.text), *canonical_json((*theirs)->record.policy.text));
        } else {
          // FINALIZED is the provider's last word: only one that could never be told (given up) leaves it alone with
          // it. A later version that the partner doesn't hold is one that came too late for its revocation.
          EXPECT_TRUE(ours.version == 1 ? ours.side == Side::provider : ours.status != AgreementStatus::in_force);
        }
      }
      for (const auto& stored : processes) check_process(*node, stored.record);
      const auto partner = node == nodes.front() ? nodes.back()->name : nodes.front()->name;
      const auto bundle = node->connector->evidence().bundle(partner, node->participant, node->partners->own().key);
      const auto verdict = verify_evidence(to_json(*bundle), "");
      EXPECT_TRUE(verdict.valid) << verdict.finding;
    }
  }

  void check_process(TestNode& node, const Process& process) {
    if (process.peer_pid.empty()) return;
    auto& other =
        *std::ranges::find(nodes, process.partner, [](const auto& n) -> const std::string& { return n->name; })->get();
    const auto theirs = other.connector->processes().find(process.peer_pid);
    ASSERT_TRUE(*theirs);
    // Where both ended a process at the same moment, each in its way, both are at its end.
    const bool both_final = is_final(process.state) && is_final((*theirs)->record.state);
    EXPECT_TRUE(both_final || process.state == (*theirs)->record.state)
        << node.name << ' ' << describe::enum_name(process.kind) << ' ' << wire_name(process.state) << " ("
        << process.code << ") but " << other.name << ' ' << wire_name((*theirs)->record.state) << " ("
        << (*theirs)->record.code << ')';
  }

  TestNetwork network;
  Random random;
  const bool signed_keys;  ///< Then there are amendments, and revocations reach the other side.
  std::vector<std::unique_ptr<TestNode>> nodes;
  std::map<std::string, int> served;
};

TEST(Simulation, NodesConvergeWhateverHappensToTheirMessages) {
  const auto base = static_cast<std::uint64_t>(::testing::UnitTest::GetInstance()->random_seed()) * 1'000'000;
  const auto end = base + kSeeds;
  for (std::uint64_t seed = base; seed < end; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world{seed};
    for (int i = 0; i < 250 && !::testing::Test::HasFatalFailure(); ++i) world.act();
    world.network.run(48h);  // quiet now: what waits goes out, what is overdue ends
    world.check_end();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace hanse::dataspace
