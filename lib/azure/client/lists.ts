import { createPipelineRequest, isRestError, RestError } from '@azure/core-rest-pipeline'
import { AuthError } from '@azure/msal-node'
import { z } from 'zod'
import type { Refused } from '@/lib/domain/problems'
import type { Azure } from './clients'
import { cloud } from './cloud'
import { type AzureError, badAnswer, toAzureError } from './errors'
import { codeInBody, keepReadable, type OddRow } from './rows'

/** What was read of a list: the rows, and those that could not be understood. */
export type ReadList<Row> = { rows: Row[]; odd: OddRow[] }

/** What was read of a list that a run can do without: nothing, when it was refused. */
export type OptionalList<Row> = ReadList<Row> & { refused: Refused | null }

/** A list of which more than this share of the rows cannot be understood is not the list that was asked for. */
const MOST_ODD_SHARE = 0.5

/** Whether more of a list is odd than a list that was asked for can be. */
export const isMostlyOdd = (odd: number, readable: number): boolean => odd > (readable + odd) * MOST_ODD_SHARE

/**
 * Reads a list of Resource Manager to its end, each row once by its key. Rows that cannot be understood are set aside. A
 * list whose next page is refused because its token has expired in the meantime is begun again, once.
 *
 * @param open begins the list; it is called a second time for a list that has to be begun again
 * @param onPage called with how many rows there are so far
 * @throws AzureError when the list is refused, or when more of it is odd than readable
 */
export async function readArmList<Row extends { key: string }>(
  open: () => AsyncIterable<unknown[]>,
  shape: z.ZodType<Row>,
  onPage?: (found: number) => void,
): Promise<ReadList<Row>> {
  for (let begun = 1; ; begun += 1) {
    const found = new Map<string, Row>()
    const odd: OddRow[] = []
    let pages = 0
    try {
      for await (const page of open()) {
        pages += 1
        const read = keepReadable(shape, page)
        for (const row of read.rows) found.set(row.key, row)
        odd.push(...read.odd)
        onPage?.(found.size)
      }
    } catch (error) {
      if (begun === 1 && pages > 0 && isExpiredPage(isRestError(error) ? error.statusCode : undefined)) continue
      throw toAzureError(error)
    }
    if (isMostlyOdd(odd.length, found.size))
      throw badAnswer({ cause: new Error(`${odd.length} rows of ${found.size + odd.length} could not be understood.`) })
    return { rows: [...found.values()], odd }
  }
}

/**
 * Whether the refusal of a later page can mean that its token has expired: 400 (`Directory_ExpiredPageToken` of Graph,
 * `InvalidSkipToken` and others of Resource Manager), 404 and 410. The codes are not documented, so the status decides.
 */
export const isExpiredPage = (status: number | undefined): boolean => status === 400 || status === 404 || status === 410

/**
 * Reads what a run can do without. A refusal of any kind is returned and fails nothing. What is thrown all the same is no
 * answer of the list: the run was stopped, or the sign-in itself has ended.
 *
 * @param request what the list is called in the coverage
 */
export async function readOptional<Row>(
  request: string,
  read: () => Promise<ReadList<Row>>,
): Promise<OptionalList<Row>> {
  try {
    return { ...(await read()), refused: null }
  } catch (error) {
    return { rows: [], odd: [], refused: refusedBy(request, error) }
  }
}

/**
 * How a list was refused: by an answer of the service, or by none that could be used. Throws everything else, as an
 * AzureError: the run was stopped, the sign-in itself has ended, or the fault is in our own code.
 */
export function refusedBy(request: string, error: unknown): Refused {
  const problem = toAzureError(error)
  const { code, status = null, microsoftCode = null, aadsts, cause } = problem
  const isOfTheSignIn = aadsts !== undefined || cause instanceof AuthError || code === 'mfa_required'
  if (isOfTheSignIn || (status === null && !WITHOUT_STATUS.includes(code))) throw problem
  return { code, refusal: { request, status, microsoftCode } }
}

/** Problems of an answer that come without a status. */
const WITHOUT_STATUS: readonly AzureError['code'][] = [
  'azure_unreachable',
  'bad_answer',
  'endless_list',
  'throttled',
  'untrusted_link',
]

const ArmPage = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() })

/**
 * The pages of a list of Resource Manager for which none of our SDKs has a call: the pipeline of one of their clients
 * carries it.
 *
 * @param path from the root of Resource Manager, with its `api-version`
 */
export async function* armPages(
  azure: Azure,
  subscriptionId: string,
  path: string,
  method: 'GET' | 'POST' = 'GET',
): AsyncGenerator<unknown[]> {
  const client = azure.authorization(subscriptionId)
  let next: string | null | undefined = `${cloud().arm}${path}`
  while (next) {
    const request = createPipelineRequest({ url: next, method })
    const response = await client.sendRequest(request)
    const { status: statusCode, bodyAsText } = response
    if (statusCode !== 200) {
      const code = codeInBody(bodyAsText ?? '')
      throw new RestError('A list was refused.', { statusCode, code, request, response })
    }
    const page: z.infer<typeof ArmPage> = ArmPage.parse(JSON.parse(bodyAsText ?? ''))
    yield page.value
    next = page.nextLink
  }
}
