# The health survey on the page of a person in the console.
survey-heading = 健康調査
survey-illnesses-short = 既往歴
survey-besides-short = ほかの病気・薬
survey-risks-short = 重症化リスク因子
survey-left-out = 回答なし
survey-none-of-these = たずねたものはなし
survey-listed = { $names }
survey-from = ポータルで回答
