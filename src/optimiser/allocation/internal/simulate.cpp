#include "optimiser/allocation/internal/simulate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hanse::optimiser::allocation::internal {
namespace {

constexpr double kEnough = 1e-9;
constexpr int kRounds = 3;  ///< What one input's lack leaves of the others is shared again.

class Simulation {
 public:
  Simulation(const Model& m, const State* wishes, const std::vector<std::uint8_t>& closed, float crumb)
      : m_(m),
        wishes_(wishes),
        closed_(closed),
        crumb_(crumb),
        out_(m),
        stock_(m.places()),
        arriving_(m.places() * m.padded),
        request_(m.count),
        wanted_(m.groups()),
        behind_(m.groups()),
        share_(m.places()),
        flow_wanted_(m.flows.size()),
        backlog_(m.dues.size()),
        lot_carry_(m.count) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      for (std::size_t q = 0; q < m.places(); ++q) arriving_[q * m.padded + t] = m.given[q * m.weeks + t];
    }
    if (wishes_) {
      limit_wishes();
    } else {
      prepare_push();
    }
  }

  /// Purchases that are made whatever is wished; for plans without wishes.
  void buy_as(const State& purchases) {
    purchases_ = &purchases;
    for (std::size_t w = 0; w < m_.markets.size(); ++w) {
      for (std::uint32_t t = 0; t < m_.weeks; ++t)
        remaining_[m_.markets[w].place / m_.zones] -= purchases.bought[w * m_.weeks + t];
    }
  }

  State run() {
    for (week_ = 0; week_ < m_.weeks; ++week_) {
      for (std::size_t q = 0; q < m_.places(); ++q) stock_[q] += arriving_[q * m_.padded + week_];
      std::fill(wanted_.begin(), wanted_.end(), 0.0);
      if (wishes_) {
        request_as_wished();
      } else {
        request_by_need();
      }
      plan_hours();
      for (std::size_t d = 0; d < m_.dues.size(); ++d) backlog_[d] += m_.dues[d].quantity[week_];
      if (const auto* from = wishes_ ? wishes_ : purchases_) buy(*from);
      for (int round = 0; round < kRounds; ++round) {
        for (const auto item : m_.raw_first) pass(item, round);
      }
      for (std::size_t g = 0; g < wanted_.size(); ++g) behind_[g] = carry_[g] + wanted_[g];
    }
    return std::move(out_);
  }

 private:
  std::size_t at(std::size_t row) const { return row * m_.weeks + week_; }

  /// Wishes over a limit are cut in proportion.
  void limit_wishes() {
    keep_.assign(m_.count, 1);
    for (const auto& row : m_.rows) {
      if (!std::isfinite(row.max)) continue;
      double sum = 0;
      for (const auto& [e, weight] : row.terms) {
        for (std::uint32_t t = 0; t < m_.weeks; ++t)
          sum += static_cast<double>(weight) * wishes_->made[e * m_.weeks + t];
      }
      if (sum <= row.max) continue;
      for (const auto& [e, weight] : row.terms)
        keep_[e] = std::min(keep_[e], static_cast<float>(row.max / sum * (1 - 1e-7)));
    }
  }

  void prepare_push() {
    remaining_.assign(m_.items, m_.demand_total * 1.03);
    for (std::uint32_t i = 0; i < m_.items; ++i) {
      for (std::size_t q = std::size_t{i} * m_.zones * m_.weeks; q < std::size_t{i + 1} * m_.zones * m_.weeks; ++q)
        remaining_[i] -= m_.given[q];
    }
    total_ = remaining_;
    // Where an item is used: in proportion to what can be made of it there.
    zone_share_.assign(m_.places(), 0);
    std::vector<double> able(m_.groups());
    for (std::size_t e = 0; e < m_.count; ++e) {
      for (std::uint32_t t = 0; t < m_.weeks; ++t) able[m_.group[e]] += m_.most[e * m_.weeks + t];
    }
    for (std::size_t g = 0; g < m_.groups(); ++g) {
      for (const auto& need : m_.inputs[g / m_.zones])
        zone_share_[need.item * m_.zones + g % m_.zones] += need.quantity * able[g];
    }
    std::vector<double> due_at(m_.places());
    for (const auto& due : m_.dues) due_at[due.place] += due.total;
    for (std::uint32_t i = 0; i < m_.items; ++i) {
      double sum = 0, due_sum = 0;
      for (std::uint32_t g = 0; g < m_.zones; ++g) {
        sum += zone_share_[i * m_.zones + g];
        due_sum += due_at[i * m_.zones + g];
      }
      for (std::uint32_t g = 0; g < m_.zones; ++g) {
        auto& share = zone_share_[i * m_.zones + g];
        share = due_sum > 0 ? due_at[i * m_.zones + g] / due_sum : sum > 0 ? share / sum : 1.0 / m_.zones;
      }
    }
    row_left_.clear();
    for (const auto& row : m_.rows) row_left_.push_back(row.max);
    rows_of_.resize(m_.count);
    for (std::uint32_t r = 0; r < m_.rows.size(); ++r) {
      if (!std::isfinite(m_.rows[r].max)) continue;
      for (const auto& [e, weight] : m_.rows[r].terms) rows_of_[e].emplace_back(r, weight);
    }
  }

  /// Requests follow the wishes; what a group is behind with is spread over its members' free hours.
  void request_as_wished() {
    std::vector<double> room(m_.groups());
    std::vector<float> extra(m_.count);
    for (std::size_t k = 0; k + 1 < m_.pool_begin.size(); ++k) {
      double left = m_.capacity[at(k)] + m_.overtime[at(k)];
      std::uint32_t open = 0;
      for (auto e = m_.pool_begin[k]; e < m_.pool_begin[k + 1]; ++e) {
        request_[e] = 0;
        if (m_.most[at(e)] <= 0) continue;
        const float wish = std::min(wishes_->made[at(e)] * keep_[e], m_.most[at(e)]);
        if ((!closed_.empty() && closed_[e]) || wish < crumb_) {
          behind_[m_.group[e]] += wish;
          continue;
        }
        request_[e] = std::min(wish, static_cast<float>(left / m_.hours[e]));
        left -= static_cast<double>(request_[e]) * m_.hours[e];
        open += !m_.limited[e];
      }
      left = std::max(0.0, left - m_.overtime[at(k)]);  // Catching up works no overtime.
      for (auto e = m_.pool_begin[k]; e < m_.pool_begin[k + 1] && open > 0 && left > 0; ++e) {
        if (m_.most[at(e)] <= 0 || m_.limited[e] || (!closed_.empty() && closed_[e]) || request_[e] < crumb_) continue;
        extra[e] = std::min(m_.most[at(e)] - request_[e], static_cast<float>(left / open / m_.hours[e]));
        room[m_.group[e]] += extra[e];
      }
    }
    for (std::size_t e = 0; e < m_.count; ++e) {
      const auto g = m_.group[e];
      if (behind_[g] > kEnough && room[g] > 0)
        request_[e] += extra[e] * static_cast<float>(std::min(1.0, behind_[g] / room[g]));
      wanted_[g] += request_[e];
    }
    for (std::size_t g = 0; g < m_.groups(); ++g) carry_[g] = std::max(0.0, behind_[g] - room[g]);
    for (std::size_t f = 0; f < m_.flows.size(); ++f) flow_wanted_[f] += wishes_->moved[at(f)];
    for (std::size_t d = 0; d < m_.dues.size(); ++d) delivery_wanted_[d] += wishes_->delivered[at(d)];
  }

  /// Hours go to what is furthest from being enough.
  void request_by_need() {
    std::vector<double> asked(m_.items);
    for (std::size_t k = 0; k + 1 < m_.pool_begin.size(); ++k) {
      double weights = 0;
      const auto weight = [&](std::uint32_t e) {
        const auto i = m_.place[e] / m_.zones;
        return m_.most[at(e)] > 0 && total_[i] > 0 ? std::max(0.0, remaining_[i]) / total_[i] : 0.0;
      };
      for (auto e = m_.pool_begin[k]; e < m_.pool_begin[k + 1]; ++e) weights += weight(e);
      for (auto e = m_.pool_begin[k]; e < m_.pool_begin[k + 1]; ++e) {
        request_[e] = 0;
        if (weights <= 0) continue;
        request_[e] =
            std::min(m_.most[at(e)], static_cast<float>(m_.capacity[at(k)] * weight(e) / weights / m_.hours[e]));
        for (const auto& [row, share] : rows_of_[e])
          request_[e] = std::min(request_[e], static_cast<float>(std::max(0.0, row_left_[row]) / share));
        for (const auto& [row, share] : rows_of_[e]) row_left_[row] -= static_cast<double>(request_[e]) * share;
        asked[m_.place[e] / m_.zones] += request_[e];
      }
    }
    for (std::size_t e = 0; e < m_.count; ++e) {
      const auto i = m_.place[e] / m_.zones;
      if (request_[e] > 0 && asked[i] > remaining_[i]) {
        const auto before = request_[e];
        request_[e] *= static_cast<float>(std::max(0.0, remaining_[i]) / asked[i]);
        for (const auto& [row, share] : rows_of_[e])
          row_left_[row] += static_cast<double>(before - request_[e]) * share;
      }
      wanted_[m_.group[e]] += request_[e];
    }
  }

  void buy(const State& from) {
    for (std::size_t w = 0; w < m_.markets.size(); ++w) {
      const auto& market = m_.markets[w];
      const float quantity = std::min(from.bought[at(w)], market.most);
      out_.bought[at(w)] = quantity;
      if (week_ + market.lead < m_.weeks) arriving_[market.place * m_.padded + week_ + market.lead] += quantity;
    }
  }

  void pass(std::uint32_t item, int round) {
    for (const auto recipe : m_.recipes_of[item]) {
      for (std::uint32_t g = 0; g < m_.zones; ++g) make(recipe, g);
    }
    if (!wishes_ && round == 0) spread(item);
    for (std::uint32_t g = 0; g < m_.zones; ++g) {
      const auto q = item * m_.zones + g;
      double asked = 0;
      for (const auto recipe : m_.users_of[item]) {
        for (const auto& need : m_.inputs[recipe]) {
          if (need.item == item) asked += need.quantity * wanted_[recipe * m_.zones + g];
        }
      }
      for (auto f = m_.flow_begin[item]; f < m_.flow_begin[item + 1]; ++f) {
        if (m_.flows[f].from == q) asked += flow_wanted_[f];
      }
      const auto d = m_.due_of_place[q];
      const double due = d >= 0 ? deliverable(static_cast<std::size_t>(d), round) : 0;
      asked += due;
      share_[q] = asked <= std::max(kEnough, stock_[q]) ? 1 : std::max(0.0, stock_[q]) / asked;
      if (d >= 0) deliver(static_cast<std::size_t>(d), q, due);
    }
    for (auto f = m_.flow_begin[item]; f < m_.flow_begin[item + 1]; ++f)
      ship(f, flow_wanted_[f] * share_[m_.flows[f].from]);
  }

  void make(std::uint32_t recipe, std::uint32_t zone) {
    const auto g = recipe * m_.zones + zone;
    if (wanted_[g] <= kEnough) return;
    double part = 1;
    for (const auto& need : m_.inputs[recipe]) {
      const auto q = need.item * m_.zones + zone;
      part = std::min({part, share_[q], std::max(0.0, stock_[q]) / (need.quantity * wanted_[g])});
    }
    if (part <= 0) return;
    double started = 0, taken = 0;
    for (const auto e : m_.group_members[g]) {
      float quantity = request_[e] * static_cast<float>(part);
      if (quantity <= 0) continue;
      taken += quantity;
      request_[e] -= quantity;
      if (m_.lot[e] > 0) quantity = whole_lots(e, quantity, g, started);
      out_.made[at(e)] += quantity;
      started += quantity;
      const auto arrives = week_ + m_.lead[e];
      if (m_.lead[e] == 0) {
        stock_[m_.place[e]] += static_cast<double>(quantity) * m_.yield[e];
      } else if (arrives < m_.weeks) {
        arriving_[m_.place[e] * m_.padded + arrives] += static_cast<double>(quantity) * m_.yield[e];
      }
      if (!wishes_) remaining_[m_.place[e] / m_.zones] -= static_cast<double>(quantity) * m_.yield[e];
    }
    for (const auto& need : m_.inputs[recipe]) stock_[need.item * m_.zones + zone] -= need.quantity * started;
    wanted_[g] = std::max(0.0, wanted_[g] - taken);
  }

  /// Requests gather until they are a lot that hours and inputs allow.
  float whole_lots(std::uint32_t e, float quantity, std::uint32_t group, double started) {
    const auto k = m_.problem.activities[m_.original[e]].pool;
    planned_[k] -= static_cast<double>(quantity) * m_.hours[e];
    lot_carry_[e] += quantity;
    double most = std::min<double>(lot_carry_[e], m_.most[at(e)] - out_.made[at(e)]);
    most = std::min(most, (m_.capacity[at(k)] + m_.overtime[at(k)] - planned_[k]) / m_.hours[e]);
    for (const auto& need : m_.inputs[group / m_.zones]) {
      most = std::min(most, stock_[need.item * m_.zones + group % m_.zones] / need.quantity - started);
    }
    const double lots = std::max(0.0, std::floor(most / m_.lot[e] + 1e-6)) * m_.lot[e];
    planned_[k] += lots * m_.hours[e];
    lot_carry_[e] -= static_cast<float>(lots);
    return static_cast<float>(lots);
  }

  void plan_hours() {
    planned_.assign(m_.pool_begin.size() - 1, 0);
    for (std::size_t k = 0; k < planned_.size(); ++k) {
      for (auto e = m_.pool_begin[k]; e < m_.pool_begin[k + 1]; ++e)
        planned_[k] += static_cast<double>(request_[e]) * m_.hours[e];
    }
  }

  /// As wished first, so that goods bound for elsewhere leave; at last whatever is open.
  double deliverable(std::size_t d, int round) const {
    if (!wishes_ || round == kRounds - 1) return backlog_[d];
    return std::clamp(delivery_wanted_[d], 0.0, backlog_[d]);
  }

  void deliver(std::size_t d, std::size_t q, double due) {
    const double given = std::min(std::max(0.0, stock_[q]), due * share_[q]);
    if (given <= kEnough) return;
    out_.delivered[at(d)] += static_cast<float>(given);
    backlog_[d] -= given;
    delivery_wanted_[d] -= given;
    stock_[q] -= given;
  }

  void ship(std::size_t f, double quantity) {
    if (quantity <= kEnough) return;
    const auto& flow = m_.flows[f];
    if (week_ + flow.lead >= m_.weeks) return;
    quantity = std::min(quantity, std::max(0.0, stock_[flow.from]));
    out_.moved[at(f)] += static_cast<float>(quantity);
    flow_wanted_[f] = std::max(0.0, flow_wanted_[f] - quantity);
    stock_[flow.from] -= quantity;
    arriving_[flow.to * m_.padded + week_ + flow.lead] += quantity;
  }

  /// Without wishes, stock goes where the item is used, in proportion; goods on their way count.
  void spread(std::uint32_t item) {
    if (m_.flow_begin[item] == m_.flow_begin[item + 1]) return;
    std::vector<double> lacks(m_.zones);
    double there = 0, lacking = 0;
    for (std::uint32_t g = 0; g < m_.zones; ++g) {
      const auto q = item * m_.zones + g;
      lacks[g] = -stock_[q];
      for (auto t = week_ + 1; t < m_.weeks; ++t) lacks[g] -= arriving_[q * m_.padded + t];
      there -= lacks[g];
    }
    for (std::uint32_t g = 0; g < m_.zones; ++g) {
      lacks[g] += there * zone_share_[item * m_.zones + g];
      lacking += std::max(0.0, lacks[g]);
    }
    if (lacking <= kEnough) return;
    for (auto f = m_.flow_begin[item]; f < m_.flow_begin[item + 1]; ++f) {
      const auto from = m_.flows[f].from % m_.zones, to = m_.flows[f].to % m_.zones;
      if (lacks[from] >= 0 || lacks[to] <= 0) continue;
      ship(f, std::min(-lacks[from], std::max(0.0, stock_[m_.flows[f].from])) * lacks[to] / lacking);
    }
  }

  const Model& m_;
  const State* wishes_;
  const State* purchases_ = nullptr;
  const std::vector<std::uint8_t>& closed_;
  const float crumb_;
  State out_;
  std::uint32_t week_ = 0;
  std::vector<double> stock_, arriving_;
  std::vector<float> request_;
  std::vector<double> wanted_, behind_, share_;
  std::vector<double> flow_wanted_, backlog_;
  std::vector<double> delivery_wanted_ = std::vector<double>(m_.dues.size());
  std::vector<float> lot_carry_;
  std::vector<double> planned_;
  std::vector<float> keep_;
  std::vector<double> carry_ = std::vector<double>(m_.groups());
  std::vector<double> remaining_, total_, zone_share_, row_left_;
  std::vector<std::vector<std::pair<std::uint32_t, float>>> rows_of_;
};

/// Stock by place and week of a plan, and what can be taken from it from a week on.
class Trimmer {
 public:
  Trimmer(const Model& m, State& s) : m_(m), s_(s), stock_(m.places() * m.weeks) {
    for (std::size_t i = 0; i < stock_.size(); ++i) stock_[i] = m.given[i];
    for (std::size_t e = 0; e < m.count; ++e) {
      for (std::uint32_t t = 0; t < m.weeks; ++t) {
        const double x = s.made[e * m.weeks + t];
        if (x == 0) continue;
        for (const auto& need : m.inputs[m.group[e] / m.zones])
          stock_[at(need.item * m.zones + m.group[e] % m.zones, t)] -= need.quantity * x;
        if (t + m.lead[e] < m.weeks) stock_[at(m.place[e], t + m.lead[e])] += x * m.yield[e];
      }
    }
    for (std::size_t f = 0; f < m.flows.size(); ++f) {
      const auto& flow = m.flows[f];
      for (std::uint32_t t = 0; t < m.weeks; ++t) {
        const double x = s.moved[f * m.weeks + t];
        stock_[at(flow.from, t)] -= x;
        if (t + flow.lead < m.weeks) stock_[at(flow.to, t + flow.lead)] += x;
      }
    }
    for (std::size_t w = 0; w < m.markets.size(); ++w) {
      for (std::uint32_t t = 0; t < m.weeks; ++t) {
        if (t + m.markets[w].lead < m.weeks)
          stock_[at(m.markets[w].place, t + m.markets[w].lead)] += s.bought[w * m.weeks + t];
      }
    }
    for (std::size_t d = 0; d < m.dues.size(); ++d) {
      for (std::uint32_t t = 0; t < m.weeks; ++t) stock_[at(m.dues[d].place, t)] -= s.delivered[d * m.weeks + t];
    }
    for (std::size_t q = 0; q < m.places(); ++q) {
      for (std::uint32_t t = 1; t < m.weeks; ++t) stock_[at(q, t)] += stock_[at(q, t - 1)];
    }
    markets_at_.resize(m.places());
    for (std::size_t w = 0; w < m.markets.size(); ++w) markets_at_[m.markets[w].place].push_back(w);
  }

  void run() {
    for (auto item = m_.raw_first.rbegin(); item != m_.raw_first.rend(); ++item) {
      for (auto f = m_.flow_begin[*item]; f < m_.flow_begin[*item + 1]; ++f) take_back_flow(f);
      for (std::uint32_t g = 0; g < m_.zones; ++g) {
        const auto q = *item * m_.zones + g;
        if (spare(q, m_.weeks - 1) <= kLeastStep) continue;
        for (const auto w : markets_at_[q]) take_back_purchase(w);
        for (const auto recipe : m_.recipes_of[*item]) take_back_made(recipe * m_.zones + g);
      }
    }
  }

 private:
  static constexpr double kLeastStep = 1e-6;
  std::size_t at(std::size_t place, std::uint32_t week) const { return place * m_.weeks + week; }
  /// What could be missing from `week` on.
  double spare(std::size_t place, std::uint32_t week) const {
    double least = std::numeric_limits<double>::infinity();
    for (auto t = week; t < m_.weeks; ++t) least = std::min(least, stock_[at(place, t)]);
    return std::max(0.0, least);
  }
  void change(std::size_t place, std::uint32_t week, double quantity) {
    for (auto t = week; t < m_.weeks; ++t) stock_[at(place, t)] += quantity;
  }

  void take_back_flow(std::size_t f) {
    const auto& flow = m_.flows[f];
    for (std::uint32_t back = m_.weeks; back-- > 0;) {
      auto& moved = s_.moved[f * m_.weeks + back];
      if (moved <= 0) continue;
      const double taken =
          back + flow.lead < m_.weeks ? std::min<double>(moved, spare(flow.to, back + flow.lead)) : moved;
      if (taken <= kLeastStep) continue;
      moved -= static_cast<float>(taken);
      if (back + flow.lead < m_.weeks) change(flow.to, back + flow.lead, -taken);
      change(flow.from, back, taken);
    }
  }

  void take_back_purchase(std::size_t w) {
    const auto& market = m_.markets[w];
    for (std::uint32_t back = m_.weeks; back-- > 0;) {
      auto& bought = s_.bought[w * m_.weeks + back];
      if (bought <= 0) continue;
      const double taken =
          back + market.lead < m_.weeks ? std::min<double>(bought, spare(market.place, back + market.lead)) : bought;
      bought -= static_cast<float>(taken);
      if (back + market.lead < m_.weeks) change(market.place, back + market.lead, -taken);
    }
  }

  void take_back_made(std::uint32_t group) {
    for (std::uint32_t back = m_.weeks; back-- > 0;) {
      for (const auto e : m_.group_members[group]) {
        auto& made = s_.made[e * m_.weeks + back];
        if (made <= 0) continue;
        const auto arrives = back + m_.lead[e];
        double taken = arrives < m_.weeks ? std::min<double>(made, spare(m_.place[e], arrives) / m_.yield[e]) : made;
        if (m_.lot[e] > 0) taken = std::floor(taken / m_.lot[e] + 1e-6) * m_.lot[e];
        if (taken <= kLeastStep) continue;
        made -= static_cast<float>(taken);
        if (made < kLeastStep && m_.lot[e] == 0) made = 0;
        if (arrives < m_.weeks) change(m_.place[e], arrives, -taken * m_.yield[e]);
        for (const auto& need : m_.inputs[group / m_.zones])
          change(need.item * m_.zones + group % m_.zones, back, need.quantity * taken);
      }
    }
  }

  const Model& m_;
  State& s_;
  std::vector<double> stock_;
  std::vector<std::vector<std::size_t>> markets_at_;
};

}  // namespace

State carry_out(const Model& model, const State& wishes, const std::vector<std::uint8_t>& closed, float crumb) {
  return Simulation{model, &wishes, closed, crumb}.run();
}

State push(const Model& model) {
  static const std::vector<std::uint8_t> none;
  return Simulation{model, nullptr, none, 0}.run();
}

namespace {

/// Sets of each item that are there by the end of each week.
std::vector<double> arrived(const Model& m, const State& state) {
  std::vector<double> sum(std::size_t{m.items} * m.weeks);
  for (std::size_t q = 0; q < m.places(); ++q) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) sum[q / m.zones * m.weeks + t] += m.given[q * m.weeks + t];
  }
  for (std::size_t e = 0; e < m.count; ++e) {
    for (std::uint32_t t = 0; t + m.lead[e] < m.weeks; ++t) {
      sum[m.place[e] / m.zones * m.weeks + t + m.lead[e]] +=
          static_cast<double>(state.made[e * m.weeks + t]) * m.yield[e];
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (i % m.weeks > 0) sum[i] += sum[i - 1];
  }
  return sum;
}

}  // namespace

State push_with_market(const Model& m, const State& pushed) {
  std::vector<std::vector<std::size_t>> markets_of(m.items);
  for (std::size_t w = 0; w < m.markets.size(); ++w) markets_of[m.markets[w].place / m.zones].push_back(w);
  const auto there = arrived(m, pushed);
  std::vector<double> wanted(m.weeks, m.demand_total * 1.03);
  for (std::uint32_t i = 0; i < m.items; ++i) {
    const bool raw = std::all_of(m.recipes_of[i].begin(), m.recipes_of[i].end(),
                                 [&](std::uint32_t recipe) { return m.inputs[recipe].empty(); });
    if (!raw || !markets_of[i].empty() || m.recipes_of[i].empty()) continue;
    for (std::uint32_t t = 0; t < m.weeks; ++t) wanted[t] = std::min(wanted[t], there[std::size_t{i} * m.weeks + t]);
  }
  State purchases{m};
  for (std::uint32_t i = 0; i < m.items; ++i) {
    double bought = 0;
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      double missing = wanted[t] - there[std::size_t{i} * m.weeks + t] - bought;
      double most = 0;
      for (const auto w : markets_of[i]) most += m.markets[w].lead <= t ? m.markets[w].most : 0;
      if (missing <= 0 || most <= 0) continue;
      const auto part = static_cast<float>(std::min(1.0, missing / most));
      for (const auto w : markets_of[i]) {
        if (m.markets[w].lead > t) continue;
        purchases.bought[w * m.weeks + t - m.markets[w].lead] = part * m.markets[w].most;
        bought += static_cast<double>(part) * m.markets[w].most;
      }
    }
  }
  static const std::vector<std::uint8_t> none;
  Simulation simulation{m, nullptr, none, 0};
  simulation.buy_as(purchases);
  return simulation.run();
}

void trim(const Model& model, State& state) { Trimmer{model, state}.run(); }

}  // namespace hanse::optimiser::allocation::internal
