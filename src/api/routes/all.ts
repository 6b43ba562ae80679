import type { AddRoute } from '../app.ts';
import { addAuditList } from './audit-list.ts';
import { addChargeCreate } from './charge-create.ts';
import { addChargeList } from './charge-list.ts';
import { addChargeShow } from './charge-show.ts';
import { addCheckoutCreate } from './checkout-create.ts';
import { addCheckoutShow } from './checkout-show.ts';
import { addDocument } from './document.ts';
import { addEngineStart } from './engine-start.ts';
import { addEngineStop } from './engine-stop.ts';
import { addEvents } from './events.ts';
import { addExceptionList } from './exception-list.ts';
import { addHealth } from './health.ts';
import { addLogin } from './login.ts';
import { addLogout } from './logout.ts';
import { addPaymentList } from './payment-list.ts';
import { addPaymentShow } from './payment-show.ts';
import { addProof } from './proof.ts';
import { addReconciliation } from './reconciliation.ts';
import { addReset } from './reset.ts';
import { addSessionList } from './session-list.ts';
import { addSessionRevoke } from './session-revoke.ts';
import { addStatementCommit } from './statement-commit.ts';
import { addStatementList } from './statement-list.ts';
import { addStatementPreview } from './statement-preview.ts';
import { addStatus } from './status.ts';
import { addTargetSet } from './target-set.ts';
import { addTransferCreate } from './transfer-create.ts';
import { addTransferList } from './transfer-list.ts';
import { addTransferShow } from './transfer-show.ts';
import { addVerify } from './verify.ts';

/** All but the providers' callbacks, which are read as raw bytes. */
export const routes: readonly AddRoute[] = [
  addStatus,
  addEngineStart,
  addEngineStop,
  addTargetSet,
  addReset,
  addTransferCreate,
  addTransferList,
  addTransferShow,
  addPaymentList,
  addPaymentShow,
  addLogin,
  addVerify,
  addLogout,
  addSessionList,
  addSessionRevoke,
  addChargeCreate,
  addChargeList,
  addChargeShow,
  addCheckoutCreate,
  addCheckoutShow,
  addExceptionList,
  addProof,
  addStatementPreview,
  addStatementCommit,
  addStatementList,
  addReconciliation,
  addAuditList,
  addHealth,
  addEvents,
  addDocument,
];
