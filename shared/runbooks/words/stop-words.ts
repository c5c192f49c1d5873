/**
 * Words that say nothing of what is wrong. Short on purpose: in operations `no`, `not`, `down`, `off` and `out` mean something,
 * and what is merely frequent weighs little by itself.
 */
export const stopWords: ReadonlySet<string> = new Set(
  `a an and are as at be been but by can could did do does for from had has have how i if in into is it its just me my of on or
our ours please she so some someone somebody that the their them then there these they this those to us was we were what when where
which while who why will with would you your
的 了 呢 吗 吧 啊 呀 哦 着 过 和 与 及 或 在 是 有 把 被 让 给 就 都 也 还 又 再 很 太 好 这 那 这个 那个 这些 那些 什么 怎么 怎样 为什么 谁 哪 哪个 哪里
我 你 他 她 它 我们 你们 他们 大家 一下 看一下 看看 帮忙 麻烦 请问 请 一个 一些 有点 有人 好像 似乎 感觉 突然 现在 刚刚 刚才 今天 昨天 一直 老是 总是 经常 东西
个 台 次 从 对 到 向 上 下 里 中 后 前 时 等 以 为 于 则 而 但 但是 如果 因为 所以 并 且 可以 需要 应该 可能 已经 没有 不是`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
